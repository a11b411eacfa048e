package org.resnet4j.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("locale")
class StemTest {
  @Test
  void deepAndTieredStemsHaveTheChannelsOfResNetCSAndT() {
    assertThat(channels(Stem.deep(64))).containsExactly(32, 32, 64);
    assertThat(channels(Stem.tiered(64))).containsExactly(24, 32, 64);
    assertThat(channels(Stem.deep(128))).containsExactly(64, 64, 128); // ResNet-S of Gluon
  }

  private static List<Integer> channels(Stem stem) {
    return stem.convolutions().stream().map(Stem.Convolution::channels).toList();
  }

  @Test
  void anyListOfConvolutionsIsAcceptedAsAStem() {
    Stem stem =
        Stem.of(
            Stem.Pooling.NONE,
            new Stem.Convolution(5, 2, 16),
            new Stem.Convolution(3, 2, 24),
            new Stem.Convolution(1, 1, 48),
            new Stem.Convolution(3, 1, 64));

    Plan plan = Plan.of(Architectures.byName("resnet18").with(arch -> arch.stem(stem)));

    assertThat(plan.stemShape()).isEqualTo(new Shape(64, 56, 56));
    // The replaced stem has 7·7·3·64 weights and one norm.
    assertThat(plan.parameterCount() - 11_689_512)
        .isEqualTo(
            25L * 3 * 16 + 9 * 16 * 24 + 24 * 48 + 9 * 48 * 64 + 2 * (16 + 24 + 48) - 49 * 3 * 64);
  }

  @Test
  void stemIsDescribedInOneLine() {
    assertThat(Stem.tiered(64)).hasToString("conv 3x3/2 24 + conv 3x3 32 + conv 3x3 64 + max pool");
    assertThat(Stem.linear(24)).hasToString("linear 24");
    assertThat(Stem.none()).hasToString("none");
  }

  @Test
  void replacedStemKeepsItsWidth() {
    Architecture wide = Architectures.byName("resnet18").with(arch -> arch.stemWidth(96));

    assertThat(wide.with(arch -> arch.stem(Stem::deep)).stem()).isEqualTo(Stem.deep(96));
    assertThat(wide.with(arch -> arch.stem(Stem.deep(64))).stem()).isEqualTo(Stem.deep(64));
    assertThat(wide.with(arch -> arch.stem(Stem::deep).stemWidth(32)).stem())
        .isEqualTo(Stem.deep(32));
  }

  @Test
  void invalidStemsAreRefused() {
    refused(
        () -> new Stem.Convolution(4, 1, 8),
        "stem: expected odd kernels from 1 to 31 but one was 4");
    refused(() -> new Stem.Convolution(3, 3, 8), "stem: expected strides of 1 or 2 but one was 3");
    refused(
        () -> new Stem.Convolution(3, 1, 0),
        "stem: expected convolutions of 1 to 1048576 channels but one had 0");
    refused(() -> Stem.linear(-1), "stem: expected 1 to 1048576 features");
    refused(
        () -> Stem.linear(8).withPooling(Stem.Pooling.MAX),
        "stem: a linear layer must be the only one");
    refused(
        () -> Stem.tiered(20),
        "stem: expected a width in which the channels 24-32-64 have whole parts but was 20");
  }

  private static void refused(Runnable stem, String message) {
    assertThatIllegalArgumentException().isThrownBy(stem::run).withMessageStartingWith(message);
  }
}
