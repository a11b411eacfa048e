package org.resnet4j.arch;

import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A builder of architectures, for changing some options of an existing one. Invalid combinations
 * are refused by the call that makes them.
 */
public final class ArchitectureBuilder {
  private String name;
  private Family family;
  private Shape input;
  private int classes;
  private IntFunction<Stem> stem;
  private int stemWidth;
  private BlockKind block;
  private List<Integer> depths;
  private List<Integer> widths;
  private @Nullable List<Integer> strides;
  private int groups;
  private int baseWidth;
  private Downsampling downsampling;
  private Attention attention;
  private ShortcutKind shortcut;
  private Projection projection;
  private ConvBias convBias;
  private Init init;
  private double dropout;
  private HeadKind head;
  private double epsilon;
  private @Nullable List<Integer> dilations;
  private int outputStride;
  private double stochasticDepth;
  private HeadPooling headPooling;
  private double normMomentum;
  private Activation activation;

  ArchitectureBuilder(Architecture from) {
    name = from.name();
    family = from.family();
    input = from.input();
    classes = from.classes();
    stem = from.stem()::withWidth;
    stemWidth = from.stem().width();
    block = from.blocks().kind();
    depths = from.blocks().depths();
    widths = from.blocks().widths();
    strides = from.blocks().strides();
    groups = from.blocks().bottleneck().groups();
    baseWidth = from.blocks().bottleneck().baseWidth();
    downsampling = from.blocks().bottleneck().downsampling();
    attention = from.blocks().attention();
    shortcut = from.shortcut().kind();
    projection = from.shortcut().projection();
    convBias = from.convBias();
    init = from.init();
    dropout = from.head().dropout();
    head = from.head().kind();
    epsilon = from.epsilon();
    dilations = from.blocks().dilations();
    stochasticDepth = from.blocks().stochasticDepth();
    headPooling = from.head().pooling();
    normMomentum = from.norms().momentum();
    activation = from.activation();
  }

  public ArchitectureBuilder name(String value) {
    name = value;
    return this;
  }

  public ArchitectureBuilder family(Family value) {
    family = value;
    return this;
  }

  /** Returns the input as it is now, for a change that keeps its channels. */
  public Shape input() {
    return input;
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
    stem = value::withWidth;
    stemWidth = value.width();
    return this;
  }

  /**
   * Sets a stem of the same width as the present one, for example {@code arch.stem(Stem::deep)}.
   */
  public ArchitectureBuilder stem(IntFunction<Stem> form) {
    stem = form;
    return this;
  }

  /** Sets the channels after the stem; the channels before them keep their proportion. */
  public ArchitectureBuilder stemWidth(int value) {
    stemWidth = value;
    return this;
  }

  public ArchitectureBuilder block(BlockKind value) {
    block = value;
    return this;
  }

  /**
   * Selects blocks with norm and ReLU before each convolution, and their bare convolution
   * projections.
   */
  public ArchitectureBuilder preActivated() {
    return block(block.preActivated()).projection(Projection.CONV);
  }

  /**
   * Sets the number of blocks in each stage. A different number of stages resets the strides to 1,
   * 2, 2, ….
   */
  public ArchitectureBuilder depths(int... values) {
    if (values.length != depths.size()) {
      strides = null;
      dilations = null;
    }
    depths = list(values);
    return this;
  }

  public ArchitectureBuilder widths(int... values) {
    widths = list(values);
    return this;
  }

  public ArchitectureBuilder strides(int... values) {
    strides = list(values);
    return this;
  }

  private static List<Integer> list(int... values) {
    return IntStream.of(values).boxed().toList();
  }

  public ArchitectureBuilder groups(int value) {
    groups = value;
    return this;
  }

  public ArchitectureBuilder baseWidth(int value) {
    baseWidth = value;
    return this;
  }

  public ArchitectureBuilder downsampling(Downsampling value) {
    downsampling = value;
    return this;
  }

  public ArchitectureBuilder attention(Attention value) {
    attention = value;
    return this;
  }

  public ArchitectureBuilder shortcut(ShortcutKind value) {
    shortcut = value;
    return this;
  }

  public ArchitectureBuilder projection(Projection value) {
    projection = value;
    return this;
  }

  public ArchitectureBuilder convBias(ConvBias value) {
    convBias = value;
    return this;
  }

  public ArchitectureBuilder init(Init value) {
    init = value;
    return this;
  }

  public ArchitectureBuilder dropout(double value) {
    dropout = value;
    return this;
  }

  public ArchitectureBuilder head(HeadKind value) {
    head = value;
    return this;
  }

  /** Sets the value that batch norms add to the variance, 1e-5 in PyTorch and 1e-3 in Keras. */
  public ArchitectureBuilder epsilon(double value) {
    Check.that(value != 0, name + ": epsilon: expected a number above 0 but was 0");
    epsilon = value;
    return this;
  }

  /**
   * Sets the weight of a batch in the running statistics of batch norms, 0.1 in PyTorch. Keras and
   * Deeplearning4j count the weight of the old statistics, which is one minus it.
   */
  public ArchitectureBuilder normMomentum(double value) {
    normMomentum = value;
    return this;
  }

  /** Sets the activation function after norms and at the end of blocks. */
  public ArchitectureBuilder activation(Activation value) {
    activation = value;
    return this;
  }

  /** Sets the global pooling before the classifier. */
  public ArchitectureBuilder headPooling(HeadPooling value) {
    headPooling = value;
    return this;
  }

  /**
   * Sets the probability with which the residual branch of the last block is dropped for an example
   * in training, in [0, 1); see {@link Blocks#stochasticDepth()}.
   */
  public ArchitectureBuilder stochasticDepth(double value) {
    stochasticDepth = value;
    return this;
  }

  /** Sets the dilation of each stage; see {@link Blocks#dilations()}. */
  public ArchitectureBuilder dilations(int... values) {
    dilations = list(values);
    return this;
  }

  /**
   * Replaces strides by dilation where an image would become smaller than one {@code value}-th of
   * the input, as timm's {@code output_stride} and torchvision's {@code
   * replace_stride_with_dilation} do. Convolutions keep their weights and their fields of view.
   *
   * @param value 1, 2, 4, 8, …; torchvision's segmentation networks have 8, and an ordinary network
   *     has 32
   */
  public ArchitectureBuilder outputStride(int value) {
    Check.that(
        value >= 1 && Integer.bitCount(value) == 1,
        name + ": output stride: expected a power of 2 but was " + value);
    outputStride = value;
    return this;
  }

  Architecture build() {
    return new Architecture(
        name,
        family,
        input,
        classes,
        part(() -> stem.apply(stemWidth)),
        part(this::blocks),
        new Shortcut(shortcut, projection),
        convBias,
        init,
        part(() -> new Head(head, dropout, headPooling)),
        epsilon,
        part(() -> new NormOptions(normMomentum)),
        activation);
  }

  private Blocks blocks() {
    Blocks blocks =
        new Blocks(
            block,
            depths,
            widths,
            strides == null ? Blocks.usualStrides(block, depths.size()) : strides,
            new Bottleneck(groups, baseWidth, downsampling),
            attention,
            dilations == null ? Collections.nCopies(depths.size(), 1) : dilations,
            stochasticDepth);
    return outputStride == 0
        ? blocks
        : blocks.withOutputStride(outputStride >> stem.apply(stemWidth).halvings());
  }

  /**
   * Returns what {@code part} supplies, and puts this architecture's name in front of its errors.
   */
  private <T> T part(Supplier<T> part) {
    try {
      return part.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }
}
