from analytics.models.acquisition_cost import AcquisitionCost
from analytics.models.ad_account import AdAccount
from analytics.models.ad_spend import AdSpend
from analytics.models.agreement import Agreement, AgreementPromise
from analytics.models.alert_firing import AlertFiring
from analytics.models.conversation_clock import ConversationClock
from analytics.models.conversion import Conversion, ConversionTarget
from analytics.models.decision import Decision
from analytics.models.exchange_rate import ExchangeRate
from analytics.models.fact import Fact, Kind
from analytics.models.metric_alert import MetricAlert
from analytics.models.report_delivery import DeliveryRecipient, ReportDelivery
from analytics.models.report_letter import ReportLetter
from analytics.models.report_settings import ReportSettings
from analytics.models.rollup import Base, DirtyBucket, Rollup, RollupState
from analytics.models.saved_report import SavedReport
from analytics.models.spend_file import SpendFile
from analytics.models.weekly_digest import WeeklyDigest

__all__ = [
    "AcquisitionCost",
    "AdAccount",
    "AdSpend",
    "Agreement",
    "AgreementPromise",
    "AlertFiring",
    "Base",
    "ConversationClock",
    "Conversion",
    "ConversionTarget",
    "Decision",
    "DeliveryRecipient",
    "DirtyBucket",
    "ExchangeRate",
    "Fact",
    "Kind",
    "MetricAlert",
    "ReportDelivery",
    "ReportLetter",
    "ReportSettings",
    "Rollup",
    "RollupState",
    "SavedReport",
    "SpendFile",
    "WeeklyDigest",
]
