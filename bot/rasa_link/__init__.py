"""The link to Rasa: training its model, keeping its process alive, asking it for acts, taking its action calls."""

from bot.rasa_link.acts import RasaActs
from bot.rasa_link.model import ensure_model
from bot.rasa_link.process import RasaProcess
from bot.rasa_link.route import ACTION_PATH, action_router

__all__ = ["ACTION_PATH", "RasaActs", "RasaProcess", "action_router", "ensure_model"]
