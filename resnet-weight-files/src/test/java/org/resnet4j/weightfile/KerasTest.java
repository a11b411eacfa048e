package org.resnet4j.weightfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.weightfile.keras.KerasArchive;
import org.resnet4j.weightfile.keras.KerasHdf5;
import org.resnet4j.weightfile.zip.FirstBytes;

/** Weights are read from files that h5py wrote in Keras's layouts. */
@Tag("locale")
class KerasTest {
  /** The shapes by name, in the order of keras.applications, with few channels. */
  private static final Map<String, long[]> SHAPES = new LinkedHashMap<>();

  static {
    conv("conv1_conv", 7, 3, 4);
    norm("conv1_bn", 4);
    conv("conv2_block1_1_conv", 1, 4, 2);
    norm("conv2_block1_1_bn", 2);
    conv("conv2_block1_0_conv", 1, 4, 8);
    norm("conv2_block1_0_bn", 8);
    SHAPES.put("predictions/kernel:0", new long[] {8, 10});
    SHAPES.put("predictions/bias:0", new long[] {10});
  }

  @TempDir Path folder;

  private static void conv(String layer, long kernel, long in, long out) {
    SHAPES.put(layer + "/kernel:0", new long[] {kernel, kernel, in, out});
    SHAPES.put(layer + "/bias:0", new long[] {out});
  }

  private static void norm(String layer, long channels) {
    for (String name : new String[] {"gamma", "beta", "moving_mean", "moving_variance"}) {
      SHAPES.put(layer + "/" + name + ":0", new long[] {channels});
    }
  }

  private Tensors open(String name) throws IOException {
    Path file = FormulaGoldens.file(folder, "keras/" + name);
    return name.endsWith(".keras") ? KerasArchive.open(file) : KerasHdf5.open(file);
  }

  private static void checkAll(Tensors tensors, int count, float tolerance) throws IOException {
    int k = 0;
    for (Map.Entry<String, long[]> shape : SHAPES.entrySet()) {
      if (k < count) {
        FormulaGoldens.check(tensors, shape.getKey(), k, tolerance, shape.getValue());
      }
      k++;
    }
    assertThat(tensors.names()).hasSize(count);
  }

  @Test
  void weightsOfKerasApplicationsAreNamedInTheOrderOfTheLayers() throws Exception {
    try (Tensors tensors = open("applications.h5")) {
      assertThat(tensors.names()).containsExactlyElementsOf(SHAPES.keySet());
      checkAll(tensors, SHAPES.size(), 0);
    }
  }

  /** The tolerance is that of half precision, which has 11 bits: 2^-12 of values below 1. */
  @Test
  void chunkedCompressedAndOtherwiseTypedModelsAreRead() throws Exception {
    try (Tensors tensors = open("model.h5")) {
      checkAll(tensors, 8, 0x1p-11f);
      FormulaGoldens.check(tensors, "conv1_conv/kernel:0", 0, 0, 7, 7, 3, 4);
      FormulaGoldens.check(tensors, "conv1_bn/beta:0", 3, 0, 4);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"archive.keras", "deflated.keras", "named.weights.h5"})
  void variablesOfKeras3HaveTheSameNames(String name) throws Exception {
    try (Tensors tensors = open(name)) {
      checkAll(tensors, SHAPES.size(), 0);
    }
  }

  @Test
  void weightsOfUnnamedLayersAreNamedByNumber() throws Exception {
    try (Tensors tensors = open("unnamed.weights.h5")) {
      assertThat(tensors.names())
          .hasSize(SHAPES.size())
          .contains("layers/conv2d_2/kernel:0", "layers/batch_normalization/moving_mean:0");
      FormulaGoldens.check(tensors, "layers/conv2d_1/kernel:0", 6, 0, 1, 1, 4, 2);
    }
  }

  /**
   * The tolerance is that of bfloat16, which keeps the eight upper bits of the fraction: below 2^-7
   * of 1.
   */
  @Test
  void bfloat16AndScalarsAreRead() throws Exception {
    try (Tensors tensors = open("types.weights.h5")) {
      FormulaGoldens.check(tensors, "conv1_conv/kernel:0", 0, 0x1p-7f, 1, 1, 3, 4);
      assertThat(tensors.names()).hasSize(13);
      for (int i = 0; i < 12; i++) {
        assertThat(tensors.shape("layers/many/vars/" + i)).isEmpty();
        assertThat(tensors.read("layers/many/vars/" + i)).containsExactly(i);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"latest.h5, 6", "userblock.h5, 6"})
  void newStyleGroupsAndAUserBlockAreRead(String name, int count) throws Exception {
    try (Tensors tensors = open(name)) {
      checkAll(tensors, count, 0);
    }
  }

  @Test
  void softLinksAreFollowed() throws Exception {
    try (Tensors tensors = open("links.h5")) {
      assertThat(tensors.names()).hasSize(5);
      FormulaGoldens.check(tensors, "conv1_conv/kernel:0", 0, 0, 1, 1, 2, 2);
    }
  }

  @Test
  void variableLengthStringsAreReadAndWeightsGetTheirLayerNames() throws Exception {
    try (Tensors tensors = open("strings.h5")) {
      assertThat(tensors.names()).containsExactly("conv1_conv/kernel:0", "conv1_conv/bias:0");
      FormulaGoldens.check(tensors, "conv1_conv/bias:0", 1, 0, 2);
    }
  }

  @Test
  void unknownTensorNameIsAnIllegalArgument() throws Exception {
    try (Tensors tensors = open("strings.h5")) {
      assertThatThrownBy(() -> tensors.shape("conv1"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageEndingWith("strings.h5: there is no tensor \"conv1\"");
    }
  }

  @Test
  void formatsAreRecognisedByTheirFirstBytes() throws Exception {
    FirstBytes hdf5 = FirstBytes.of(FormulaGoldens.file(folder, "keras/latest.h5"));
    FirstBytes archive = FirstBytes.of(FormulaGoldens.file(folder, "keras/deflated.keras"));
    FirstBytes other = FirstBytes.of(FormulaGoldens.file(folder, "onnx/external.bin"));
    assertThat(KerasHdf5.recognises(hdf5)).isTrue();
    assertThat(KerasHdf5.recognises(archive)).isFalse();
    assertThat(KerasHdf5.recognises(other)).isFalse();
    assertThat(KerasArchive.recognises(archive)).isTrue();
    assertThat(KerasArchive.recognises(hdf5)).isFalse();
    assertThat(KerasArchive.recognises(other)).isFalse();
  }
}
