package org.resnet4j.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * The counts are those published by torchvision, timm, the papers and others; an empty cell is
 * unpublished.
 */
@Tag("locale")
class PublishedCountsTest {
  /** The rounding of the published GMACs, which have three or four decimal places. */
  private static final double GMACS_ROUNDING = 0.0006;

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "published.csv", numLinesToSkip = 1)
  void everyArchitectureHasItsPublishedCounts(
      String name,
      String input,
      int classes,
      long parameters,
      Long normChannels,
      Long dl4jParameters,
      Double gmacs,
      Long convolutions) {
    Plan plan =
        Plan.of(
            Architectures.byName(rowName(name))
                .with(arch -> arch.input(Shape.parse(input)).classes(classes)));

    assertThat(plan.parameterCount()).isEqualTo(parameters);
    if (normChannels != null) {
      assertThat(plan.normChannels()).isEqualTo(normChannels);
    }
    if (dl4jParameters != null) {
      assertThat(plan.dl4jParameterCount()).isEqualTo(dl4jParameters);
    }
    if (gmacs != null) {
      assertThat(plan.macs() / 1e9).isCloseTo(gmacs, within(GMACS_ROUNDING));
    }
    if (convolutions != null) {
      assertThat(plan.convolutionCount()).isEqualTo(convolutions);
    }
  }

  private static String rowName(String published) {
    return published
        .replace(" (shortcut A)", "")
        .replace(" (shortcut B)", "_b")
        .replace(" with CIFAR stem", "_cifar")
        .replaceAll(" \\(.*", "");
  }
}
