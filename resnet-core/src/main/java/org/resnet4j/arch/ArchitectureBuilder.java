package org.resnet4j.arch;

import java.util.List;
import java.util.stream.IntStream;

/** The columns while a row is being written; {@link #build} refuses what does not go together. */
public final class ArchitectureBuilder {
  private String name;
  private Family family;
  private Shape input;
  private int classes;
  private Stem stem;
  private int stemWidth;
  private BlockKind block;
  private List<Integer> depths;
  private List<Integer> widths;
  private int groups;
  private int branchWidth;
  private ChannelGate channelGate;
  private Shortcut shortcut;
  private Projection projection;
  private Downsampling downsampling;
  private ConvBias convBias;
  private LastGamma lastGamma;
  private double dropout;
  private Head head;

  ArchitectureBuilder(Architecture row) {
    name = row.name();
    family = row.family();
    input = row.input();
    classes = row.classes();
    stem = row.stem();
    stemWidth = row.stemWidth();
    block = row.block();
    depths = row.depths();
    widths = row.widths();
    groups = row.groups();
    branchWidth = row.branchWidth();
    channelGate = row.channelGate();
    shortcut = row.shortcut();
    projection = row.projection();
    downsampling = row.downsampling();
    convBias = row.convBias();
    lastGamma = row.lastGamma();
    dropout = row.dropout();
    head = row.head();
  }

  public ArchitectureBuilder name(String value) {
    name = value;
    return this;
  }

  public ArchitectureBuilder family(Family value) {
    family = value;
    return this;
  }

  public ArchitectureBuilder input(Shape value) {
    input = value;
    return this;
  }

  public ArchitectureBuilder input(int channels, int height, int width) {
    return input(new Shape(channels, height, width));
  }

  public ArchitectureBuilder classes(int value) {
    classes = value;
    return this;
  }

  public ArchitectureBuilder stem(Stem value) {
    stem = value;
    return this;
  }

  public ArchitectureBuilder stemWidth(int value) {
    stemWidth = value;
    return this;
  }

  public ArchitectureBuilder block(BlockKind value) {
    block = value;
    return this;
  }

  /** Norm and ReLU before each convolution, with the bare projections that go with it. */
  public ArchitectureBuilder preActivated() {
    return block(block.preActivated()).projection(Projection.CONV);
  }

  public ArchitectureBuilder depths(int... values) {
    depths = IntStream.of(values).boxed().toList();
    return this;
  }

  public ArchitectureBuilder widths(int... values) {
    widths = IntStream.of(values).boxed().toList();
    return this;
  }

  public ArchitectureBuilder groups(int value) {
    groups = value;
    return this;
  }

  public ArchitectureBuilder branchWidth(int value) {
    branchWidth = value;
    return this;
  }

  public ArchitectureBuilder channelGate(ChannelGate value) {
    channelGate = value;
    return this;
  }

  public ArchitectureBuilder shortcut(Shortcut value) {
    shortcut = value;
    return this;
  }

  public ArchitectureBuilder projection(Projection value) {
    projection = value;
    return this;
  }

  public ArchitectureBuilder downsampling(Downsampling value) {
    downsampling = value;
    return this;
  }

  public ArchitectureBuilder convBias(ConvBias value) {
    convBias = value;
    return this;
  }

  public ArchitectureBuilder lastGamma(LastGamma value) {
    lastGamma = value;
    return this;
  }

  public ArchitectureBuilder dropout(double value) {
    dropout = value;
    return this;
  }

  public ArchitectureBuilder head(Head value) {
    head = value;
    return this;
  }

  Architecture build() {
    return new Architecture(
        name,
        family,
        input,
        classes,
        stem,
        stemWidth,
        block,
        depths,
        widths,
        groups,
        branchWidth,
        channelGate,
        shortcut,
        projection,
        downsampling,
        convBias,
        lastGamma,
        dropout,
        head);
  }
}
