"""Writes run.tfevents with TensorBoard's own writer, for TensorBoardEventsTest.

Needs: pip install tensorboard (2.21.0 wrote the committed file).
Run: python3 tensorboard_golden.py ../resources/org/resnet4j/report/run.tfevents
"""

import sys

from tensorboard.backend.event_processing.event_file_loader import RawEventFileLoader
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

START = 1795348800.0  # 2026-11-22T12:00:00Z

# epoch, seconds after the start, learning rate, loss, accuracy, test accuracy
EPOCHS = [
    (1, 12.5, 0.1, 2.25, 0.125, None),
    (2, 25.0, 0.05, 1.3, 0.55, 0.6),
    (300, 40.25, 1e-7, 0.0, 1.0, 1.0),
]


def events():
    yield event_pb2.Event(wall_time=START, file_version="brain.Event:2")
    for epoch, seconds, rate, loss, accuracy, test in EPOCHS:
        values = [("loss/train", loss), ("accuracy/train", accuracy)]
        values += [] if test is None else [("accuracy/test", test)]
        values += [("learning_rate", rate)]
        summary = summary_pb2.Summary(
            value=[summary_pb2.Summary.Value(tag=tag, simple_value=v) for tag, v in values]
        )
        yield event_pb2.Event(wall_time=START + seconds, step=epoch, summary=summary)


def main(path):
    with open(path, "wb") as file:
        writer = RecordWriter(file)
        for event in events():
            writer.write(event.SerializeToString())
    assert len(list(RawEventFileLoader(path).Load())) == 4


main(sys.argv[1])
