package org.resnet4j.cli;

import java.util.Optional;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.HeadKind;
import org.resnet4j.arch.Stem;
import org.resnet4j.cli.LayerOptions.Setter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The options by which every command with a model changes its architecture. */
final class ArchitectureOptions implements Checked {
  @Option(
      names = "--input",
      paramLabel = InputSize.LABEL,
      converter = InputSize.Converter.class,
      description =
          "Size of one image: 224, 224x160 or, with other channels, 1x224x160; for vectors, their"
              + " length.")
  @Nullable InputSize input;

  @Option(names = "--classes", paramLabel = "N", description = "Number of classes.")
  @Nullable Integer classes;

  @Option(
      names = "--depths",
      paramLabel = "N",
      split = ",",
      description = "Residual blocks of each stage, for example 3,4,6,3.")
  int @Nullable [] depths;

  @Option(
      names = "--widths",
      paramLabel = "N",
      split = ",",
      description = "Channels of each stage, for example 64,128,256,512.")
  int @Nullable [] widths;

  @Option(
      names = "--strides",
      paramLabel = "N",
      split = ",",
      description = "Stride of each stage, 1 or 2, for example 1,2,2,2.")
  int @Nullable [] strides;

  @Option(
      names = "--stem",
      description = "Layers before the first stage: ${COMPLETION-CANDIDATES}.")
  @Nullable StemForm stem;

  @Option(
      names = "--stem-width",
      paramLabel = "N",
      description = "Channels of the stem's output; those inside the stem scale with them.")
  @Nullable Integer stemWidth;

  @Option(
      names = "--groups",
      paramLabel = "N",
      description = "Groups of a bottleneck's 3x3 convolutions: 32 in a ResNeXt-50 32x4d.")
  @Nullable Integer groups;

  @Option(
      names = "--base-width",
      paramLabel = "N",
      description =
          "Channels of each group for every 64 of the stage's width: 4 in a ResNeXt-50 32x4d.")
  @Nullable Integer baseWidth;

  @Mixin final LayerOptions layers = new LayerOptions();

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Probability of dropping a feature before the classifier, in [0, 1).")
  @Nullable Double dropout;

  @Option(names = "--head", description = "Layers after the last stage: ${COMPLETION-CANDIDATES}.")
  @Nullable HeadKind head;

  @Override
  public void check() {
    Checked.atLeast(1, "--classes", classes);
    Checked.atLeast(1, "--stem-width", stemWidth);
    Checked.atLeast(1, "--groups", groups);
    Checked.atLeast(1, "--base-width", baseWidth);
    positive("--depths", depths);
    positive("--widths", widths);
    positive("--strides", strides);
    Checked.probability("--dropout", dropout);
  }

  private static void positive(String option, int @Nullable [] values) {
    if (values != null) {
      IntStream.of(values).forEach(value -> Checked.atLeast(1, option, value));
    }
  }

  /** Returns the architecture named {@code name} with {@code defaults} and then these options. */
  Architecture apply(String name, UnaryOperator<ArchitectureBuilder> defaults) {
    return Architectures.byName(name).with(arch -> overwrite(defaults.apply(arch)));
  }

  Architecture apply(String name) {
    return apply(name, UnaryOperator.identity());
  }

  /** Returns the first of these options that is given to a command that has them. */
  static Optional<String> given(CommandSpec command) {
    Set<String> own =
        CommandSpec.forAnnotatedObject(new ArchitectureOptions()).optionsMap().keySet();
    return command.commandLine().getParseResult().matchedOptions().stream()
        .map(OptionSpec::longestName)
        .filter(own::contains)
        .findFirst();
  }

  /** Returns {@code arch} with these options. */
  ArchitectureBuilder overwrite(ArchitectureBuilder arch) {
    if (input != null) {
      input.on(arch);
    }
    Setter.set(classes, arch::classes);
    Setter.set(depths, arch::depths);
    Setter.set(widths, arch::widths);
    Setter.set(strides, arch::strides);
    if (stem != null) {
      arch.stem(stem);
    }
    Setter.set(stemWidth, arch::stemWidth);
    Setter.set(groups, arch::groups);
    Setter.set(baseWidth, arch::baseWidth);
    layers.overwrite(arch);
    Setter.set(dropout, arch::dropout);
    Setter.set(head, arch::head);
    return arch;
  }

  /** The named stems; each is as wide as the one that it replaces. */
  enum StemForm implements IntFunction<Stem> {
    IMAGENET(Stem::imagenet),
    IMAGENET_ZERO_PADDED(width -> Stem.imagenet(width).withPooling(Stem.Pooling.MAX_ZERO_PADDED)),
    IMAGENET_NORMED(
        width -> Stem.imagenet(width).withNorms(Stem.Norms.IMAGES_AND_ALL_CONVOLUTIONS)),
    DEEP(Stem::deep),
    TIERED(Stem::tiered),
    CIFAR(Stem::cifar),
    LINEAR(Stem::linear),
    NONE(width -> Stem.none());

    @SuppressWarnings("ImmutableEnumChecker") // a function without state
    private final IntFunction<Stem> form;

    StemForm(IntFunction<Stem> form) {
      this.form = form;
    }

    @Override
    public Stem apply(int width) {
      return form.apply(width);
    }
  }
}
