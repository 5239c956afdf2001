"""Runs in Rasa's own Python: a text per JSON line in, intent and entities out. Imports nothing of ours.

`worker.py MODEL` serves a trained model; `worker.py train CONFIG DATA FOLDER NAME` trains one.
"""

import asyncio
import json
import sys


def train(config: str, data: str, folder: str, name: str) -> None:
    from rasa.model_training import train_nlu

    if not train_nlu(config=config, nlu_data=data, output=folder, fixed_model_name=name):
        raise SystemExit("no model was made")


def serve(model: str) -> None:
    from rasa.core.agent import Agent

    agent = Agent.load(model)
    loop = asyncio.new_event_loop()
    loop.run_until_complete(agent.parse_message("你好"))
    answer({"ready": True})
    for line in sys.stdin:
        try:
            found = loop.run_until_complete(agent.parse_message(json.loads(line)["text"]))
            answer({"intent": found["intent"]["name"], "entities": [entity(one) for one in found["entities"]]})
        except Exception as error:  # told as this text's failure, and the next one is read
            answer({"error": f"{type(error).__name__}: {error}"})


def entity(one: dict) -> dict:
    return {"entity": one["entity"], "role": one.get("role"), "start": one["start"], "end": one["end"]}


def answer(content: dict) -> None:
    print(json.dumps(content), flush=True)


if __name__ == "__main__":
    if sys.argv[1] == "train":
        train(*sys.argv[2:])
    else:
        serve(sys.argv[1])
