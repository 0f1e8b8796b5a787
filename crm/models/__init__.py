from crm.models.board_preference import BoardPreference
from crm.models.closed_period import ClosedPeriod
from crm.models.deal import Deal, DealFollower
from crm.models.deal_change import DealChange
from crm.models.deal_number import DealNumber
from crm.models.deal_rule import DealRule
from crm.models.goal import Goal
from crm.models.lead_refusal import LeadRefusal, RefusalRule
from crm.models.loss_reason import LossReason
from crm.models.payment import Payment
from crm.models.pipeline import Pipeline, PipelineAccess
from crm.models.product import DealItem, Product
from crm.models.stage import Group, Stage
from crm.models.task import Task
from crm.models.task_preference import TaskPreference

__all__ = [
    "BoardPreference",
    "ClosedPeriod",
    "Deal",
    "DealChange",
    "DealFollower",
    "DealItem",
    "DealNumber",
    "DealRule",
    "Goal",
    "Group",
    "LeadRefusal",
    "LossReason",
    "Payment",
    "Pipeline",
    "PipelineAccess",
    "Product",
    "RefusalRule",
    "Stage",
    "Task",
    "TaskPreference",
]
