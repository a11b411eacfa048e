package org.resnet4j.mixing;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.arch.Shape;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.JsonFields;

/**
 * The golden is made by {@code src/test/python/mixing_goldens.py}. Both sides do the same
 * operations in single precision, so that results are equal bit for bit.
 */
class MixingTest {
  private static final JsonFields GOLDEN = golden();
  private static final Shape SHAPE = shape(GOLDEN.integers("shape", 3, 3));

  private static JsonFields golden() {
    try (InputStream json = MixingTest.class.getResourceAsStream("mixing.json")) {
      byte[] bytes = requireNonNull(json).readAllBytes();
      return JsonFields.of("mixing.json", Json.parse(new String(bytes, StandardCharsets.UTF_8)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static Shape shape(List<Integer> sides) {
    return new Shape(sides.get(0), sides.get(1), sides.get(2));
  }

  private static float[] values(JsonFields fields, String name) {
    List<Double> numbers = fields.numbers(name, 1, 1 << 16);
    float[] values = new float[numbers.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = numbers.get(i).floatValue();
    }
    return values;
  }

  private static void assertEqual(JsonFields expected, BiConsumer<MixedBatch, JsonFields> mix) {
    float[] images = values(GOLDEN, "images");
    float[] labels = values(GOLDEN, "labels");
    mix.accept(new MixedBatch(FloatBuffer.wrap(images), SHAPE, FloatBuffer.wrap(labels)), expected);
    assertThat(images).containsExactly(values(expected, "images"));
    assertThat(labels).containsExactly(values(expected, "labels"));
  }

  @Test
  void mixupEqualsPyTorchForEqualShares() {
    List<JsonFields> cases = GOLDEN.objects("mixup", fields -> fields);
    assertThat(cases).hasSize(3);
    cases.forEach(each -> assertEqual(each, (b, of) -> Mixup.mix(b, of.number("share"))));
  }

  @Test
  void cutMixEqualsPyTorchForEqualSharesAndCentres() {
    List<JsonFields> cases = GOLDEN.objects("cutmix", fields -> fields);
    assertThat(cases).hasSize(5);
    cases.forEach(
        each ->
            assertEqual(
                each,
                (batch, of) ->
                    CutMix.mix(
                        batch,
                        Box.around(of.integer("x"), of.integer("y"), of.number("share"), SHAPE))));
  }

  @Test
  void oneImageIsMixedWithItself() {
    float[] image = {1, 2, 3, 4};
    float[] label = {0, 1};
    Shape shape = new Shape(1, 2, 2);
    for (BatchMix mix : List.of(new Mixup(1), new CutMix(1))) {
      MixedBatch batch = new MixedBatch(FloatBuffer.wrap(image), shape, FloatBuffer.wrap(label));
      mix.apply(batch, new SplittableRandom(1));
      assertThat(image).containsExactly(new float[] {1, 2, 3, 4}, within(1e-6f));
      assertThat(label).containsExactly(new float[] {0, 1}, within(1e-6f));
    }
  }

  /**
   * The regularised incomplete beta functions: for α = 1 the identity; for α = 0.5 the arcsine law,
   * 2/π·asin(√x); for α = 2 the polynomial 3x² − 2x³; for α = 0.2 of a numerical integration.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 0.25, 0.25",
    "0.5, 0.1, 0.204833",
    "2, 0.3, 0.216",
    "0.2, 0.1, 0.33669",
    "0.2, 0.01, 0.20978"
  })
  void sharesHaveTheDistributionBeta(double alpha, double below, double expected) {
    SplittableRandom random = new SplittableRandom(16);
    int draws = 200_000;
    long count = 0;
    for (int i = 0; i < draws; i++) {
      double share = Beta.draw(alpha, random);
      assertThat(share).isBetween(0.0, 1.0);
      count += share < below ? 1 : 0;
    }
    // Four standard errors of a share of 200,000 draws are at most 0.0045.
    assertThat(count / (double) draws).isCloseTo(expected, within(0.0045));
  }

  @Test
  void smallAlphaGivesSharesOfZeroOrOne() {
    SplittableRandom random = new SplittableRandom(2);
    double[] shares = new double[1000];
    Arrays.setAll(shares, i -> Beta.draw(1e-3, random));
    assertThat(shares).doesNotContain(Double.NaN);
    assertThat(Arrays.stream(shares).filter(share -> share > 0.5).count()).isBetween(400L, 600L);
  }

  @Test
  void choicesAreEquallyProbable() {
    Mixing mixing = Mixing.of(new Mixup(1), new CutMix(1));
    SplittableRandom random = new SplittableRandom(3);
    int mixups = 0;
    for (int i = 0; i < 2000; i++) {
      float[] images = {0, 0, 0, 0, 1, 1, 1, 1};
      MixedBatch batch =
          new MixedBatch(
              FloatBuffer.wrap(images), new Shape(1, 2, 2), FloatBuffer.wrap(new float[] {1, 0}));
      mixing.apply(batch, random);
      mixups += images[0] > 0 && images[0] < 1 ? 1 : 0;
    }
    // Five standard deviations are 112.
    assertThat(mixups).isBetween(888, 1112);
  }

  @Test
  void jsonIsAsDocumentedAndReadsBackEqual() throws JsonException {
    Mixing mixing = Mixing.of(new Mixup(0.2), new CutMix(1));
    String text =
        "{\"choices\":[{\"kind\":\"MIXUP\",\"alpha\":0.2},{\"kind\":\"CUTMIX\",\"alpha\":1.0}]}";
    assertThat(Json.line(mixing)).isEqualTo(text);
    assertThat(Mixing.ofTree(Json.parse(text))).isEqualTo(mixing);
    assertThat(Mixing.ofTree(Json.parse(Json.line(Mixing.NONE)))).isEqualTo(Mixing.NONE);
    record Holder(Mixing mixing) {}
    assertThat(Json.read(Json.parse("{\"mixing\":" + text + "}"), Holder.class))
        .isEqualTo(new Holder(mixing));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          [] | mixing: expected an object but was []
          {} | mixing: it lacks "choices"
          {"choices":[],"p":1} | mixing: expected only choices but there is also "p"
          {"choices":[{"kind":"CUTOUT","alpha":1}]} | mixing: choices[0]: kind: expected one of MIXUP, CUTMIX but was "CUTOUT"
          {"choices":[{"kind":"MIXUP","alpha":0}]} | mixup: expected a finite alpha above 0 but was 0.0
          {"choices":[{"kind":"CUTMIX","alpha":"1"}]} | mixing: choices[0]: alpha: expected a finite number but was "1"
          {"choices":[{"kind":"CUTMIX","alpha":1,"p":1}]} | mixing: choices[0]: expected only kind, alpha but there is also "p"
          """)
  void otherJsonIsRefused(String json, String message) {
    assertThatThrownBy(() -> Mixing.ofTree(Json.parse(json)))
        .isInstanceOf(JsonException.class)
        .hasMessage(message);
  }
}
