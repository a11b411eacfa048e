package org.resnet4j.cli;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.ArchitectureBuilder;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.ChannelGate;
import org.resnet4j.arch.Downsampling;
import org.resnet4j.arch.Head;
import org.resnet4j.arch.LastGamma;
import org.resnet4j.arch.Shape;
import org.resnet4j.arch.Shortcut;
import org.resnet4j.arch.Stem;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Columns of a row that every command with a model lets its user change. */
final class ArchitectureOptions {
  @Option(
      names = "--input",
      paramLabel = "CxHxW",
      converter = ShapeConverter.class,
      description = "Shape of one image, for example 3x224x224.")
  @Nullable Shape input;

  @Option(names = "--classes", paramLabel = "N", description = "Number of classes.")
  @Nullable Integer classes;

  @Option(
      names = "--depths",
      paramLabel = "N",
      split = ",",
      description = "Residual blocks a stage, for example 3,4,6,3.")
  int @Nullable [] depths;

  @Option(
      names = "--widths",
      paramLabel = "N",
      split = ",",
      description = "Channels a stage, for example 64,128,256,512.")
  int @Nullable [] widths;

  @Option(names = "--stem", description = "One of ${COMPLETION-CANDIDATES}.")
  @Nullable Stem stem;

  @Option(names = "--stem-width", paramLabel = "N", description = "Channels after the stem.")
  @Nullable Integer stemWidth;

  @Option(
      names = "--groups",
      paramLabel = "N",
      description = "Branches of a bottleneck's 3x3 convolutions: 32 in a ResNeXt-50 32x4d.")
  @Nullable Integer groups;

  @Option(
      names = "--branch-width",
      paramLabel = "N",
      description =
          "Channels of each branch for every 64 of the stage's width: 4 in a ResNeXt-50 32x4d.")
  @Nullable Integer branchWidth;

  @Option(
      names = "--channel-gate",
      description = "What weighs the channels of a block: ${COMPLETION-CANDIDATES}.")
  @Nullable ChannelGate channelGate;

  @Option(names = "--shortcut", description = "One of ${COMPLETION-CANDIDATES}.")
  @Nullable Shortcut shortcut;

  @Option(
      names = "--downsampling",
      description = "Where a bottleneck takes its stride: ${COMPLETION-CANDIDATES}.")
  @Nullable Downsampling downsampling;

  @Option(
      names = "--last-gamma",
      description = "Initial scale of each block's last batch norm: ${COMPLETION-CANDIDATES}.")
  @Nullable LastGamma lastGamma;

  @Option(
      names = "--dropout",
      paramLabel = "P",
      description = "Probability of dropping a feature before the classifier, in [0, 1).")
  @Nullable Double dropout;

  @Option(names = "--head", description = "One of ${COMPLETION-CANDIDATES}.")
  @Nullable Head head;

  /** The row named {@code name} with {@code defaults} and then these options. */
  Architecture apply(String name, UnaryOperator<ArchitectureBuilder> defaults) {
    return Architectures.byName(name).with(row -> overwrite(defaults.apply(row)));
  }

  Architecture apply(String name) {
    return apply(name, UnaryOperator.identity());
  }

  /** {@code row} with these options. */
  ArchitectureBuilder overwrite(ArchitectureBuilder row) {
    set(input, row::input);
    set(classes, row::classes);
    set(depths, row::depths);
    set(widths, row::widths);
    set(stem, row::stem);
    set(stemWidth, row::stemWidth);
    set(groups, row::groups);
    set(branchWidth, row::branchWidth);
    set(channelGate, row::channelGate);
    set(shortcut, row::shortcut);
    set(downsampling, row::downsampling);
    set(lastGamma, row::lastGamma);
    set(dropout, row::dropout);
    set(head, row::head);
    return row;
  }

  private interface Column<T> {
    ArchitectureBuilder set(T value);
  }

  private static <T> void set(@Nullable T value, Column<T> column) {
    if (value != null) {
      column.set(value);
    }
  }

  static final class ShapeConverter implements ITypeConverter<Shape> {
    @Override
    public Shape convert(String text) {
      try {
        return Shape.parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
