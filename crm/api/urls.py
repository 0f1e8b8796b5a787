from django.urls import path

from crm.api import books, deal_parts, deals, lists, pipelines, refusals, rules

urlpatterns = [
    path("deals/", deals.DealList.as_view(), name="deals"),
    path("deals/<uuid:pk>/", deals.DealDetail.as_view(), name="deal"),
    path("deals/<uuid:pk>/history/", deal_parts.History.as_view(), name="deal-history"),
    path("deals/<uuid:pk>/payments/", deal_parts.PaymentList.as_view(), name="payments"),
    path(
        "deals/<uuid:pk>/payments/<uuid:payment_id>/",
        deal_parts.PaymentDetail.as_view(),
        name="payment",
    ),
    path("deals/<uuid:pk>/items/", deal_parts.ItemList.as_view(), name="items"),
    path("deals/<uuid:pk>/items/<uuid:item_id>/", deal_parts.ItemDetail.as_view(), name="item"),
    path("deals/<uuid:pk>/followers/", deal_parts.FollowerList.as_view(), name="followers"),
    path(
        "deals/<uuid:pk>/followers/<uuid:member_id>/",
        deal_parts.FollowerDetail.as_view(),
        name="follower",
    ),
    path("pipelines/", pipelines.PipelineList.as_view(), name="pipelines"),
    path("pipelines/<uuid:pk>/", pipelines.PipelineDetail.as_view(), name="pipeline"),
    path("pipelines/<uuid:pk>/stages/", pipelines.StageList.as_view(), name="stages"),
    path(
        "pipelines/<uuid:pk>/stages/<uuid:stage_id>/",
        pipelines.StageDetail.as_view(),
        name="stage",
    ),
    path("loss-reasons/", lists.LossReasonList.as_view(), name="loss-reasons"),
    path("loss-reasons/<uuid:pk>/", lists.LossReasonDetail.as_view(), name="loss-reason"),
    path("lead-refusals/", refusals.LeadRefusalList.as_view(), name="lead-refusals"),
    path("lead-refusals/<uuid:pk>/", refusals.LeadRefusalDetail.as_view(), name="lead-refusal"),
    path(
        "lead-refusals/<uuid:pk>/answer/",
        refusals.LeadRefusalAnswer.as_view(),
        name="lead-refusal-answer",
    ),
    path(
        "lead-refusals/<uuid:pk>/verdict/",
        refusals.LeadRefusalVerdict.as_view(),
        name="lead-refusal-verdict",
    ),
    path("refusal-rule/", refusals.RefusalRuleDetail.as_view(), name="refusal-rule"),
    path("products/", lists.ProductList.as_view(), name="products"),
    path("deal-rules/", rules.DealRules.as_view(), name="deal-rules"),
    path("deal-rules/default/", rules.WorkspaceRule.as_view(), name="workspace-rule"),
    path("deal-rules/<uuid:pk>/", rules.ChannelRule.as_view(), name="channel-rule"),
    path("closed-periods/", books.ClosedPeriodList.as_view(), name="closed-periods"),
    path("closed-periods/<uuid:pk>/", books.ClosedPeriodDetail.as_view(), name="closed-period"),
    path("products/<uuid:pk>/", lists.ProductDetail.as_view(), name="product"),
]
