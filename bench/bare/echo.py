"""The one action of the bare assistant; runs in Rasa's own Python."""

from rasa_sdk import Action


class Echo(Action):
    """Says back what was said."""

    def name(self) -> str:
        return "action_echo"

    def run(self, dispatcher, tracker, domain):
        dispatcher.utter_message(text=tracker.latest_message["text"])
        return []
