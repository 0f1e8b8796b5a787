from django.urls import path

from crm.views.settings import books, pipelines, products, reasons, rules, stages

app_name = "sales"

urlpatterns = [
    path("pipelines/", pipelines.pipelines, name="pipelines"),
    path("pipelines/<uuid:pipeline_id>/", pipelines.pipeline, name="pipeline"),
    path("pipelines/<uuid:pipeline_id>/placement/", pipelines.placement, name="pipeline-placement"),
    path("pipelines/<uuid:pipeline_id>/archiving/", pipelines.archiving, name="pipeline-archiving"),
    path("pipelines/<uuid:pipeline_id>/stages/", pipelines.stages, name="stages"),
    path("stages/<uuid:stage_id>/", stages.stage, name="stage"),
    path("stages/<uuid:stage_id>/placement/", stages.placement, name="stage-placement"),
    path("stages/<uuid:stage_id>/deletion/", stages.deletion, name="stage-deletion"),
    path("reasons/", reasons.reasons, name="reasons"),
    path("reasons/<uuid:reason_id>/", reasons.reason, name="reason"),
    path("reasons/<uuid:reason_id>/placement/", reasons.placement, name="reason-placement"),
    path("reasons/<uuid:reason_id>/archiving/", reasons.archiving, name="reason-archiving"),
    path("products/", products.products, name="products"),
    path("products/<uuid:product_id>/", products.product, name="product"),
    path("products/<uuid:product_id>/archiving/", products.archiving, name="product-archiving"),
    path("rules/", rules.all_rules, name="rules"),
    path("rules/<uuid:channel_id>/", rules.rule, name="rule"),
    path("rules/<uuid:channel_id>/removal/", rules.removal, name="rule-removal"),
    path("books/", books.books, name="books"),
    path("books/reopening/", books.reopening, name="books-reopening"),
]
