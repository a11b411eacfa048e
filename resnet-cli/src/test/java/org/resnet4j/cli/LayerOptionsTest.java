package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.NormKind;
import org.resnet4j.arch.NormOptions;
import picocli.CommandLine;

class LayerOptionsTest {
  /** The architectures' numbers are tested against timm's; here options make one out of another. */
  @ParameterizedTest
  @CsvSource({
    "resnet50d, resnet50, --stem deep --projection pool_conv_norm",
    "resnetblur50, resnet50, --anti-aliasing blur",
    "resnetaa50, resnet50, --anti-aliasing average",
    "resnet50_gn, resnet50, --norm group",
    "seresnet50, resnet50, --attention squeeze_excitation",
    "wide_resnet50_2, resnet50, --base-width 128",
    "resnext50_32x4d, resnet50, --groups 32 --base-width 4"
  })
  void makeOneArchitectureOfAnother(String expected, String base, String options) {
    Architecture made = made(base, options);
    assertThat(made.with(arch -> arch.name(expected)))
        .isEqualTo(Architectures.byName(expected).with(arch -> arch.family(made.family())));
  }

  @Test
  void reachTheArchitecture() {
    Architecture made =
        made(
            "resnet18",
            "--norm group --norm-groups 16 --norm-momentum 0.01 --activation silu --drop-block 0.1"
                + " --head-pooling max --output-stride 8 --zero-init-residual --epsilon 1e-3");

    assertThat(made.norms()).isEqualTo(new NormOptions(0.01, NormKind.GROUP, 16));
    assertThat(made.blocks().dropBlock()).isEqualTo(0.1);
    assertThat(made.blocks().dilations()).containsExactly(1, 1, 2, 4);
    assertThat(made.epsilon()).isEqualTo(1e-3);
    assertThat(List.of(made.activation(), made.head().pooling(), made.init()).toString())
        .isEqualTo("[SILU, MAX, ZERO_INIT_RESIDUAL]");
  }

  private static Architecture made(String base, String options) {
    ArchitectureOptions parsed = new ArchitectureOptions();
    new CommandLine(new Holder(parsed))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(options.split(" ", -1));
    parsed.check();
    parsed.layers.check();
    return parsed.apply(base);
  }

  @CommandLine.Command
  private record Holder(@CommandLine.Mixin ArchitectureOptions options) {}
}
