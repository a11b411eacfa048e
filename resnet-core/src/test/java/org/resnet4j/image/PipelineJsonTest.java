package org.resnet4j.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

final class PipelineJsonTest {
  private static final String TEXT =
      """
      {"output":[3,224,224],\
      "fit":{"kind":"CENTER_CROP","resize":256,"interpolation":"BILINEAR"},\
      "normalization":{"order":"RED_GREEN_BLUE","divisor":255,\
      "mean":[0.485,0.456,0.406],"std":[0.229,0.224,0.225]},\
      "augmentations":[{"kind":"HORIZONTAL_FLIP","probability":0.5}]}""";

  private static final ImagePipeline PIPELINE =
      ImagePipeline.of(
              new Shape(3, 224, 224),
              Fit.centerCrop(256, Interpolation.BILINEAR),
              Normalization.TORCHVISION)
          .augmented(new HorizontalFlip());

  @Test
  void jsonIsAsDocumented() throws JsonException {
    assertThat(Json.line(PIPELINE.toTree())).isEqualTo(TEXT);
    assertThat(ImagePipeline.ofTree(Json.parse(TEXT))).isEqualTo(PIPELINE);
  }

  static Stream<ImagePipeline> pipelines() {
    Shape wide = new Shape(3, 64, 99);
    Shape gray = new Shape(1, 28, 28);
    return Stream.of(
        PIPELINE,
        ImagePipeline.exact(gray, Normalization.UNIT),
        ImagePipeline.of(wide, Fit.stretch(Interpolation.BICUBIC), Normalization.CAFFE),
        ImagePipeline.of(wide, Fit.pad(Interpolation.LANCZOS), Normalization.TENSORFLOW)
            .augmented(new RandomResizedCrop(), new HorizontalFlip(0.1), new RandomCrop(4)),
        ImagePipeline.of(
            gray,
            Fit.pad(List.of(0, 128, 255), Interpolation.BOX),
            Normalization.rgb(List.of(1 / 3.0), List.of(-Math.expm1(-1e-3)))),
        ImagePipeline.of(wide, Fit.centerCrop(8192, Interpolation.HAMMING), Normalization.INCEPTION)
            .augmented(new RandomResizedCrop(1e-3, 1, 0.001, 1000, Interpolation.BICUBIC, true)),
        PIPELINE.augmented(AugmentationLawsTest.ALL));
  }

  @ParameterizedTest
  @MethodSource("pipelines")
  void everyPipelineReadsBackEqual(ImagePipeline pipeline) throws JsonException {
    String document = Json.document(pipeline.toTree());
    assertThat(ImagePipeline.ofTree(Json.parse(document))).isEqualTo(pipeline);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [3,224,224] | [3,224] | image pipeline: output: expected a list of 3 but was [3,224]
          [3,224,224] | [3,224,1e9] | image pipeline: output: expected a whole number below 2^31 but was 1.0E9
          [3,224,224] | [3,99999999999,1] | image pipeline: output: expected a whole number below 2^31 but was 99999999999
          [3,224,224] | [3,0,224] | shape: expected at least 1 in every dimension but was 3x0x224
          [3,224,224] | [4,224,224] | image pipeline: expected an output of 1 or 3 channels with sides of 1 to 8192 but was 4x224x224
          [3,224,224] | [3,8193,1] | image pipeline: expected an output of 1 or 3 channels with sides of 1 to 8192 but was 3x8193x1
          [3,224,224] | "3x224x224" | image pipeline: output: expected a list of 3 but was "3x224x224"
          "resize":256 | "resize":8193 | fit CENTER_CROP: expected a shorter side of 1 to 8192 pixels for a crop, and 0 without, but was 8193
          "resize":256 | "resize":-1 | fit CENTER_CROP: expected a shorter side of 1 to 8192 pixels for a crop, and 0 without, but was -1
          "resize":256, | `` | image pipeline: fit: it lacks "resize"
          "resize":256 | "resize":256,"margin":2 | image pipeline: fit: expected only kind, resize, interpolation but there is also "margin"
          "CENTER_CROP" | "STRETCH" | image pipeline: fit: expected only kind, interpolation but there is also "resize"
          "CENTER_CROP" | "java.lang.Runtime" | image pipeline: fit: kind: expected one of EXACT, STRETCH, CENTER_CROP, PAD but was "java.lang.Runtime"
          "BILINEAR" | null | image pipeline: fit: interpolation: expected one of BILINEAR, BICUBIC, BOX, HAMMING, LANCZOS but was null
          "divisor":255 | "divisor":0 | pixel values: expected one mean and one positive std a channel but they were [0.485, 0.456, 0.406] and [0.229, 0.224, 0.225], with the divisor 0.0
          "divisor":255 | "divisor":"NaN" | image pipeline: normalization: divisor: expected a finite number but was "NaN"
          "divisor":255 | "divisor":1e999 | image pipeline: normalization: divisor: expected a finite number but was "Infinity"
          "divisor":255 | "divisor":1e-44 | pixel values: expected statistics that give finite numbers of 32 bits but mean, std and divisor were 0.485, 0.229 and 1.0E-44
          0.224, | 1e-60, | pixel values: expected statistics that give finite numbers of 32 bits but mean, std and divisor were 0.456, 1.0E-60 and 255.0
          [0.229,0.224,0.225] | [0.229] | pixel values: expected one mean and one positive std a channel but they were [0.485, 0.456, 0.406] and [0.229], with the divisor 255.0
          [0.229,0.224,0.225] | [1,1,1,1] | image pipeline: normalization: std: expected a list of 1 to 3 but was [1,1,1,1]
          "HORIZONTAL_FLIP" | "MIXUP" | image pipeline: augmentations[0]: kind: expected one of HORIZONTAL_FLIP, ALTERNATING_FLIP, VERTICAL_FLIP, RANDOM_CROP, RANDOM_RESIZED_CROP, COLOR_JITTER, PCA_NOISE, RANDOM_GRAYSCALE, RANDOM_ERASING, CUTOUT, TRIVIAL_AUGMENT_WIDE, RAND_AUGMENT, AUTO_AUGMENT, AUG_MIX but was "MIXUP"
          "probability":0.5 | "probability":1.5 | horizontal flip: expected a probability above 0 and at most 1 but was 1.5
          {"kind":"HORIZONTAL_FLIP","probability":0.5} | 7 | image pipeline: augmentations[0]: expected an object but was 7
          {"kind":"HORIZONTAL_FLIP","probability":0.5} | {"kind":"RANDOM_CROP","padding":2000000000} | random crop: expected padding of 1 to 8192 but was 2000000000
          {"kind":"HORIZONTAL_FLIP","probability":0.5} | {"kind":"RANDOM_RESIZED_CROP","scale":[0,1],"ratio":[1,1],"interpolation":"BOX"} | random resized crop: expected scales above 0 and at most 1, smallest first, but they were 0.0 and 1.0
          "augmentations" | "augmentation" | image pipeline: expected only output, fit, normalization, augmentations but there is also "augmentation"
          """)
  void malformedPipelineIsRefusedInASentence(String valid, String malformed, String sentence) {
    String text = TEXT.replace(valid, malformed);
    assertThat(text).isNotEqualTo(TEXT);
    assertThatThrownBy(() -> ImagePipeline.ofTree(Json.parse(text)))
        .isInstanceOf(JsonException.class)
        .hasMessage(sentence);
  }

  @Test
  void controlCharactersOfJsonAreEscapedInRefusals() {
    String text = TEXT.replace("CENTER_CROP", "CENTER" + (char) 0x7f);
    assertThatThrownBy(() -> ImagePipeline.ofTree(Json.parse(text)))
        .hasMessageEndingWith("but was \"CENTER\\u007f\"");
  }

  /** A record that is stored with a pipeline, like the description of a model. */
  record Holder(String name, ImagePipeline pipeline) {}

  @Test
  void pipelineIsAFieldOfARecord() throws JsonException {
    Holder holder = new Holder("mine", PIPELINE);
    String text = Json.line(holder);
    assertThat(text).isEqualTo("{\"name\":\"mine\",\"pipeline\":" + TEXT + "}");
    assertThat(Json.read(text, Holder.class)).isEqualTo(holder);
    assertThat(Json.read(Json.parse(text), Holder.class)).isEqualTo(holder);
    String small = text.replace("256", "-1");
    assertThatThrownBy(() -> Json.read(small, Holder.class))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith("fit CENTER_CROP: expected a shorter side of 1 to 8192 pixels");
    assertThatThrownBy(() -> Json.read("{\"name\":\"mine\"}", Holder.class))
        .isInstanceOf(JsonException.class)
        .hasMessage("it lacks \"pipeline\"");
  }

  @Test
  void othersThanObjectsAreRefused() {
    assertThatThrownBy(() -> ImagePipeline.ofTree(null))
        .isInstanceOf(JsonException.class)
        .hasMessage("image pipeline: expected an object but was null");
    String augmentations = "{\"kind\":\"RANDOM_CROP\",\"padding\":1},".repeat(17);
    String many = TEXT.replace("[{\"kind\":\"H", "[" + augmentations + "{\"kind\":\"H");
    assertThatThrownBy(() -> ImagePipeline.ofTree(Json.parse(many)))
        .isInstanceOf(JsonException.class)
        .hasMessage("image pipeline: expected at most 16 augmentations but there are 18");
    String late =
        TEXT.replace(
            "0.5}]",
            "0.5},{\"kind\":\"RANDOM_RESIZED_CROP\",\"scale\":[1,1],\"ratio\":[1,1],"
                + "\"interpolation\":\"BOX\"}]");
    assertThatThrownBy(() -> ImagePipeline.ofTree(Json.parse(late)))
        .isInstanceOf(JsonException.class)
        .hasMessageStartingWith(
            "image pipeline: expected a random resized crop before all other augmentations");
  }
}
