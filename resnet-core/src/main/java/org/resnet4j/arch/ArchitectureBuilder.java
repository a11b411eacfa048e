package org.resnet4j.arch;

import java.util.List;
import java.util.function.IntFunction;
import java.util.function.Supplier;

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
  private final BlocksFields blocks;
  private ShortcutKind shortcut;
  private Projection projection;
  private ConvBias convBias;
  private Init init;
  private double dropout;
  private HeadKind head;
  private double epsilon;
  private HeadPooling headPooling;
  private NormOptions norms;
  private Activation activation;
  private AntiAliasing antiAliasing;

  ArchitectureBuilder(Architecture from) {
    name = from.name();
    family = from.family();
    input = from.input();
    classes = from.classes();
    stem = from.stem()::withWidth;
    stemWidth = from.stem().width();
    blocks = new BlocksFields(from.blocks());
    shortcut = from.shortcut().kind();
    projection = from.shortcut().projection();
    convBias = from.convBias();
    init = from.init();
    dropout = from.head().dropout();
    head = from.head().kind();
    epsilon = from.epsilon();
    headPooling = from.head().pooling();
    norms = from.norms();
    activation = from.activation();
    antiAliasing = from.antiAliasing();
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
    blocks.kind = value;
    blocks.kinds = null;
    return this;
  }

  /** Sets the kind of block of each stage; basic blocks and bottlenecks can be mixed. */
  public ArchitectureBuilder blocks(BlockKind... ofStages) {
    blocks.kinds = List.of(ofStages);
    return this;
  }

  /**
   * Selects blocks with norm and ReLU before each convolution, and their bare convolution
   * projections.
   */
  public ArchitectureBuilder preActivated() {
    blocks.preActivate();
    return projection(Projection.CONV);
  }

  /**
   * Sets the number of blocks in each stage. A different number of stages resets the strides to 1,
   * 2, 2, ….
   */
  public ArchitectureBuilder depths(int... values) {
    blocks.setDepths(BlocksFields.list(values));
    return this;
  }

  public ArchitectureBuilder widths(int... values) {
    blocks.widths = BlocksFields.list(values);
    return this;
  }

  public ArchitectureBuilder strides(int... values) {
    blocks.strides = BlocksFields.list(values);
    return this;
  }

  public ArchitectureBuilder groups(int value) {
    blocks.groups = value;
    return this;
  }

  public ArchitectureBuilder baseWidth(int value) {
    blocks.baseWidth = value;
    return this;
  }

  public ArchitectureBuilder downsampling(Downsampling value) {
    blocks.downsampling = value;
    return this;
  }

  public ArchitectureBuilder attention(Attention value) {
    blocks.attention = value;
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
    norms = part(() -> norms.withMomentum(value));
    return this;
  }

  /** Sets the kind of the norms. */
  public ArchitectureBuilder norm(NormKind value) {
    norms = norms.withKind(value);
    return this;
  }

  /** Sets the number of groups of group norms, which divides the channels before each. */
  public ArchitectureBuilder normGroups(int value) {
    norms = part(() -> norms.withGroups(value));
    return this;
  }

  /** Sets the activation function after norms and at the end of blocks. */
  public ArchitectureBuilder activation(Activation value) {
    activation = value;
    return this;
  }

  /** Sets the smoothing where images are subsampled. */
  public ArchitectureBuilder antiAliasing(AntiAliasing value) {
    antiAliasing = value;
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
    blocks.stochasticDepth = value;
    return this;
  }

  /**
   * Sets the probability with which values of the last stages are dropped by squares in training;
   * see {@link Blocks#dropBlock()}.
   */
  public ArchitectureBuilder dropBlock(double value) {
    blocks.dropBlock = value;
    return this;
  }

  /** Sets the dilation of each stage; see {@link Blocks#dilations()}. */
  public ArchitectureBuilder dilations(int... values) {
    blocks.dilations = BlocksFields.list(values);
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
    blocks.outputStride = value;
    return this;
  }

  Architecture build() {
    return new Architecture(
        name,
        family,
        input,
        classes,
        part(() -> stem.apply(stemWidth)),
        part(() -> blocks.build(stem.apply(stemWidth).halvings())),
        new Shortcut(shortcut, projection),
        convBias,
        init,
        part(() -> new Head(head, dropout, headPooling)),
        epsilon,
        norms,
        activation,
        antiAliasing);
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
