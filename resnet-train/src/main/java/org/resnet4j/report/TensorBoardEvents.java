package org.resnet4j.report;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.resnet4j.run.RunRecord;

/**
 * The measurements of a run as a TensorBoard event file. Its steps are epochs.
 *
 * <p>A file is a sequence of records: the length in 64 bits, its checksum, the bytes, theirs
 * (tensorflow/core/lib/io/record_writer.h). The bytes are a protocol buffer {@code Event}
 * (tensorflow/core/util/event.proto) with scalars of {@code summary.proto}.
 */
public final class TensorBoardEvents {
  private static final double NANOS = 1e9;

  // Numbers of fields and wire types of protocol buffers.
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int VALUE = 1;
  private static final int TAG = 1;
  private static final int SIMPLE_VALUE = 2;
  private static final int VARINT = 0;
  private static final int DOUBLE = 1;
  private static final int LENGTH = 2;
  private static final int FLOAT = 5;

  private TensorBoardEvents() {}

  /** Returns the name of the file of {@code run}, by which TensorBoard recognises it. */
  public static String fileName(RunRecord run) {
    return "events.out.tfevents." + Instant.parse(run.started()).getEpochSecond() + ".resnet4j";
  }

  /** Returns the content. That of a later epoch starts with that of an earlier one. */
  public static byte[] of(RunRecord run) {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    double start = seconds(run.started());
    Message first = new Message().number(WALL_TIME, start);
    file.writeBytes(framed(first.text(FILE_VERSION, "brain.Event:2").bytes()));
    double elapsed = 0;
    for (RunRecord.Epoch epoch : run.epochs()) {
      elapsed += epoch.seconds() + epoch.testSeconds();
      String ended = epoch.ended();
      file.writeBytes(framed(event(epoch, ended == null ? start + elapsed : seconds(ended))));
    }
    return file.toByteArray();
  }

  private static double seconds(String time) {
    Instant instant = Instant.parse(time);
    return instant.getEpochSecond() + instant.getNano() / NANOS;
  }

  private static byte[] event(RunRecord.Epoch epoch, double time) {
    Message summary = new Message();
    for (Scalar scalar :
        List.of(
            new Scalar("loss/train", epoch.loss()),
            new Scalar("accuracy/train", epoch.accuracy()),
            new Scalar("accuracy/test", epoch.testAccuracy()),
            new Scalar("mean_average_precision/test", epoch.testMeanAveragePrecision()),
            new Scalar("learning_rate", epoch.learningRate()))) {
      if (scalar.value != null) {
        Message value = new Message().text(TAG, scalar.tag);
        summary.bytes(VALUE, value.number(SIMPLE_VALUE, scalar.value.floatValue()).bytes());
      }
    }
    return new Message()
        .number(WALL_TIME, time)
        .number(STEP, epoch.epoch())
        .bytes(SUMMARY, summary.bytes())
        .bytes();
  }

  private record Scalar(String tag, @Nullable Double value) {}

  private static byte[] framed(byte[] data) {
    byte[] length = little(Long.BYTES).putLong(data.length).array();
    return little(length.length + data.length + 2 * Integer.BYTES)
        .put(length)
        .putInt(masked(length))
        .put(data)
        .putInt(masked(data))
        .array();
  }

  /** Returns the checksum, rotated and shifted as in tensorflow/core/lib/hash/crc32c.h. */
  private static int masked(byte[] bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes);
    return Integer.rotateRight((int) checksum.getValue(), 15) + 0xa282ead8;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** A protocol buffer that is being written. */
  private static final class Message {
    private final ByteArrayOutputStream fields = new ByteArrayOutputStream();

    Message number(int field, double value) {
      key(field, DOUBLE);
      fields.writeBytes(little(Double.BYTES).putDouble(value).array());
      return this;
    }

    Message number(int field, float value) {
      key(field, FLOAT);
      fields.writeBytes(little(Float.BYTES).putFloat(value).array());
      return this;
    }

    Message number(int field, int value) {
      key(field, VARINT);
      varint(value);
      return this;
    }

    Message text(int field, String value) {
      return bytes(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Message bytes(int field, byte[] value) {
      key(field, LENGTH);
      varint(value.length);
      fields.writeBytes(value);
      return this;
    }

    private void key(int field, int type) {
      varint(field << 3 | type);
    }

    private void varint(int value) {
      int rest = value;
      while (rest > 0x7f) {
        fields.write((rest & 0x7f) | 0x80);
        rest >>>= 7;
      }
      fields.write(rest);
    }

    byte[] bytes() {
      return fields.toByteArray();
    }
  }
}
