from django.urls import path

from analytics.views import agreements, alerts, conversions, ground, links, refusals, weeks

app_name = "ground"

urlpatterns = [
    path("ground/", ground.index, name="index"),
    path("ground/refusals/", refusals.index, name="refusals"),
    path("ground/refusals/<uuid:refusal_id>/answer/", refusals.answer, name="answer"),
    path("ground/refusals/<uuid:refusal_id>/verdict/", refusals.verdict, name="verdict"),
    path("ground/agreement/", agreements.index, name="agreement"),
    path("ground/agreement/new/", agreements.propose, name="agreement-new"),
    path("ground/agreement/<uuid:agreement_id>/signature/", agreements.sign, name="sign"),
    path("ground/agreement/<uuid:agreement_id>/withdrawal/", agreements.withdraw, name="withdraw"),
    path("ground/rule/", refusals.settings, name="rule"),
    path("digests/", weeks.index, name="digests"),
    path("digests/<uuid:digest_id>/", weeks.digest, name="digest"),
    path("decisions/", weeks.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>/dropping/", weeks.drop, name="drop"),
    path("alerts/", alerts.index, name="alerts"),
    path("alerts/<uuid:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<uuid:alert_id>/mute/", alerts.mute, name="mute"),
    path("alerts/<uuid:alert_id>/deletion/", alerts.delete, name="delete-alert"),
    path("conversions/", conversions.index, name="conversions"),
    path("conversions/<uuid:target_id>/again/", conversions.again, name="retry-conversions"),
    path(
        "conversions/<uuid:target_id>/end/",
        conversions.disconnect,
        name="disconnect-conversions",
    ),
    path("links/", links.index, name="links"),
    path("links/<uuid:tracked_link_id>/", links.link, name="link"),
    path("links/<uuid:tracked_link_id>/archive/", links.archive, name="archive-link"),
]
