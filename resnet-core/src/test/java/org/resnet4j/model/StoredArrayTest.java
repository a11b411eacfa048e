package org.resnet4j.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Arrays that contradict the configuration are refused before memory is allocated for them. */
class StoredArrayTest {
  /**
   * The byte offsets of the length of the shape information; rank, side, stride, flags,
   * element-wise stride and order; and the length of the values.
   */
  private static final List<Integer> NUMBERS = List.of(18, 32, 40, 48, 56, 64, 72, 98);

  static final List<String> HOSTILE =
      List.of("onevalue", "stride0", "stridehuge", "strideneg", "compressed");

  private static final int VALUES = 113;

  private final ComputationGraph network = ModelEntries.network(DataType.FLOAT);
  private final ModelEntries entries = ModelEntries.of(network);

  /**
   * An earlier version read memory behind the buffer for a vector whose shape claimed more values.
   */
  @Test
  void zipsWithHostileHeadersAreRefused() {
    for (String name : HOSTILE) {
      byte[] zip = hostile(name);
      assertThatIOException()
          .as(name)
          .isThrownBy(() -> ModelEntries.read(zip, ModelFile.Updater.DROP))
          .withMessageStartingWith("model.zip: coefficients.bin: expected ");
    }
  }

  static byte[] hostile(String name) {
    try (InputStream in = StoredArrayTest.class.getResourceAsStream("models/" + name + ".zip")) {
      return Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void everyWrongNumberInTheHeaderIsRefused() {
    for (String name : List.of("coefficients.bin", "updaterState.bin")) {
      byte[] good = entries.get(name);
      for (int at : NUMBERS) {
        long was = ByteBuffer.wrap(good).getLong(at);
        for (long value :
            new long[] {-1, 2, 3, was - 1, was + 1, 1L << 31, 1L << 40, Long.MIN_VALUE}) {
          byte[] changed = good.clone();
          ByteBuffer.wrap(changed).putLong(at, value);
          entries.bytes.put(name, changed);
          if (value != was) {
            assertRefused(name + ": expected ", "byte " + at + " is " + value);
          }
        }
      }
      entries.bytes.put(name, good);
    }
  }

  @Test
  void unsupportedDataTypesAndAllocationModesAreRefused() {
    byte[] good = entries.get("coefficients.bin");
    String text = new String(good, java.nio.charset.StandardCharsets.ISO_8859_1);
    int type = text.lastIndexOf("FLOAT");
    for (String other : List.of("UTF8_", "INT__", "UNKNO")) {
      byte[] changed = good.clone();
      System.arraycopy(
          other.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1), 0, changed, type, 5);
      entries.bytes.put("coefficients.bin", changed);
      assertRefused("coefficients.bin: expected values of ", other);
    }
    byte[] changed = good.clone();
    changed[2] = 'X';
    entries.bytes.put("coefficients.bin", changed);
    assertRefused("coefficients.bin: expected a buffer of ", "mode");
    // Found by fuzzing: Java's \\p{Cntrl} does not include the C1 control characters.
    changed[3] = (byte) 0x9b;
    entries.bytes.put("coefficients.bin", changed);
    assertRefused("but was X\\u009bXED_DATA_TYPES", "a control character of C1");
  }

  @Test
  void shorterAndLongerArraysAreRefused() {
    byte[] good = entries.get("coefficients.bin");
    for (int length : new int[] {0, 1, 40, 100, VALUES, good.length - 1, good.length + 1}) {
      entries.bytes.put("coefficients.bin", Arrays.copyOf(good, length));
      assertRefused("expected ", length + " bytes");
    }
  }

  @Test
  void updaterStateOfAnotherLengthIsRefused() {
    byte[] parameters = entries.get("coefficients.bin");
    long states = network.getUpdater().getStateViewArray().length();
    entries.bytes.put("updaterState.bin", parameters);
    assertRefused(
        "updaterState.bin: expected the shape [" + states + "] of the values that its updaters",
        "state");

    entries.bytes.remove("updaterState.bin");
    assertRefused(
        "expected updaterState.bin with the " + states + " values of its updaters' state",
        "no state");
  }

  @Test
  void statelessUpdaterIsReadWithoutState() {
    entries.json(
        entries
            .json()
            .replaceAll(
                "(?s)\"org.nd4j.linalg.learning.config.Adam\"",
                "\"org.nd4j.linalg.learning.config.Sgd\""));

    assertRefused("updaterState.bin: expected the shape [0]", "state of Sgd");
  }

  @Test
  void nanAndInfAreRefusedWithTheParameterName() throws IOException {
    INDArray weights = network.getParam("conv_W").dup();
    for (double value : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      INDArray bad = weights.dup();
      bad.putScalar(new int[] {0, 0, 0, 2}, value);
      network.setParam("conv_W", bad);
      assertThatIOException()
          .isThrownBy(() -> ModelEntries.of(network).read(ModelFile.Updater.DROP))
          .withMessageMatching(
              "model.zip: coefficients.bin: expected finite numbers but value \\d+ of conv_W is NaN"
                  + " or infinite.*");
      network.setParam("conv_W", weights);
    }
    network.getUpdater().getStateViewArray().putScalar(5, Double.NaN);
    assertThatIOException()
        .isThrownBy(() -> ModelEntries.of(network).read(ModelFile.Updater.KEEP))
        .withMessageContaining("updaterState.bin: expected finite numbers but value 5");
  }

  /** The arrays have the format of Deeplearning4j 0.9: rank 2, 32 bits. */
  @Test
  void arraysOfDeeplearning4j09AreRead() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream data = new DataOutputStream(bytes);
    int length = (int) network.numParams();
    data.writeUTF("JAVACPP");
    data.writeInt(8);
    data.writeUTF("INT");
    for (int number : new int[] {2, 1, length, 1, 1, 0, 1, 'f'}) {
      data.writeInt(number);
    }
    data.writeUTF("DIRECT");
    data.writeInt(length);
    data.writeUTF("FLOAT");
    for (float value : network.params().dup().data().asFloat()) {
      data.writeFloat(value);
    }
    entries.bytes.put("coefficients.bin", bytes.toByteArray());

    INDArray read = entries.read(ModelFile.Updater.DROP).params();
    assertThat(read.dup().data().asFloat()).isEqualTo(network.params().dup().data().asFloat());
  }

  private void assertRefused(String message, String what) {
    assertThatIOException()
        .as(what)
        .isThrownBy(() -> entries.read(ModelFile.Updater.KEEP))
        .withMessageStartingWith("model.zip: ")
        .withMessageContaining(message);
  }
}
