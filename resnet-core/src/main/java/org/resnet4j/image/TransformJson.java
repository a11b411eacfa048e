package org.resnet4j.image;

import static org.resnet4j.image.JsonTree.INTERPOLATION;
import static org.resnet4j.image.JsonTree.KIND;
import static org.resnet4j.image.JsonTree.fields;
import static org.resnet4j.image.JsonTree.number;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.resnet4j.image.ColorJitter.Range;
import org.resnet4j.support.JsonFields;

/**
 * The JSON form of each {@link Transform}: its kind and its fields. All of them are required but
 * {@link #REDUCED}, which trees from before it do not have.
 */
final class TransformJson {
  private static final String PROBABILITY = "probability";
  private static final String PADDING = "padding";
  private static final String SCALE = "scale";
  private static final String RATIO = "ratio";
  private static final String REDUCED = "reduced";
  private static final String FILL = "fill";
  private static final String LENGTH = "length";
  private static final String BINS = "bins";
  private static final String OPERATIONS = "operations";
  private static final String MAGNITUDE = "magnitude";
  private static final String POLICY = "policy";
  private static final String SEVERITY = "severity";
  private static final String WIDTH = "width";
  private static final String DEPTH = "depth";
  private static final String ALPHA = "alpha";
  private static final String ENHANCING = "enhancing";
  private static final String BRIGHTNESS = "brightness";
  private static final String CONTRAST = "contrast";
  private static final String SATURATION = "saturation";
  private static final String HUE = "hue";
  private static final String STD = "std";
  private static final String VALUES = "eigenvalues";
  private static final String VECTORS = "eigenvectors";

  /** The fill of {@link RandomErasing} that stands for random pixels. */
  private static final String RANDOM = "RANDOM";

  private TransformJson() {}

  @SuppressWarnings("ImmutableEnumChecker") // functions without state
  private enum Kind {
    HORIZONTAL_FLIP(
        HorizontalFlip.class,
        flip -> fields(PROBABILITY, number(flip.probability())),
        fields -> new HorizontalFlip(fields.number(PROBABILITY)),
        PROBABILITY),
    ALTERNATING_FLIP(AlternatingFlip.class, flip -> fields(), fields -> new AlternatingFlip()),
    VERTICAL_FLIP(
        VerticalFlip.class,
        flip -> fields(PROBABILITY, number(flip.probability())),
        fields -> new VerticalFlip(fields.number(PROBABILITY)),
        PROBABILITY),
    RANDOM_CROP(
        RandomCrop.class,
        crop -> fields(PADDING, crop.padding()),
        fields -> new RandomCrop(fields.integer(PADDING)),
        PADDING),
    RANDOM_RESIZED_CROP(
        RandomResizedCrop.class,
        TransformJson::tree,
        TransformJson::resizedCrop,
        SCALE,
        RATIO,
        INTERPOLATION,
        REDUCED),
    COLOR_JITTER(
        ColorJitter.class,
        TransformJson::tree,
        TransformJson::jitter,
        BRIGHTNESS,
        CONTRAST,
        SATURATION,
        HUE),
    PCA_NOISE(
        PcaNoise.class,
        noise ->
            fields(
                STD, number(noise.std()),
                VALUES, JsonTree.numbers(noise.eigenvalues()),
                VECTORS, JsonTree.numbers(noise.eigenvectors())),
        json ->
            new PcaNoise(json.number(STD), json.numbers(VALUES, 3, 3), json.numbers(VECTORS, 9, 9)),
        STD,
        VALUES,
        VECTORS),
    RANDOM_GRAYSCALE(
        RandomGrayscale.class,
        grayscale -> fields(PROBABILITY, number(grayscale.probability())),
        fields -> new RandomGrayscale(fields.number(PROBABILITY)),
        PROBABILITY),
    RANDOM_ERASING(
        RandomErasing.class,
        TransformJson::tree,
        TransformJson::erasing,
        PROBABILITY,
        SCALE,
        RATIO,
        FILL),
    CUTOUT(
        Cutout.class,
        cutout -> fields(LENGTH, cutout.length(), FILL, cutout.fill()),
        fields -> new Cutout(fields.integer(LENGTH), fill(fields)),
        LENGTH,
        FILL),
    TRIVIAL_AUGMENT_WIDE(
        TrivialAugmentWide.class,
        policy ->
            fields(
                BINS, policy.bins(),
                INTERPOLATION, policy.interpolation().name(),
                FILL, policy.fill()),
        fields -> new TrivialAugmentWide(fields.integer(BINS), sampling(fields), fill(fields)),
        BINS,
        INTERPOLATION,
        FILL),
    RAND_AUGMENT(
        RandAugment.class,
        TransformJson::tree,
        TransformJson::randAugment,
        OPERATIONS,
        MAGNITUDE,
        BINS,
        INTERPOLATION,
        FILL),
    AUTO_AUGMENT(
        AutoAugment.class,
        policy ->
            fields(
                POLICY, policy.policy().name(),
                INTERPOLATION, policy.interpolation().name(),
                FILL, policy.fill()),
        fields ->
            new AutoAugment(
                fields.constant(POLICY, AutoAugment.Policy.class), sampling(fields), fill(fields)),
        POLICY,
        INTERPOLATION,
        FILL),
    AUG_MIX(
        AugMix.class,
        TransformJson::tree,
        TransformJson::augMix,
        SEVERITY,
        WIDTH,
        DEPTH,
        ALPHA,
        ENHANCING,
        INTERPOLATION,
        FILL);

    private final Class<? extends Transform> type;
    private final Function<Transform, Map<String, Object>> writer;
    private final Function<JsonFields, Transform> reader;
    private final String[] names;

    <T extends Transform> Kind(
        Class<T> type,
        Function<T, Map<String, Object>> writer,
        Function<JsonFields, Transform> reader,
        String... names) {
      this.type = type;
      this.writer = transform -> writer.apply(type.cast(transform));
      this.reader = reader;
      this.names = new String[names.length + 1];
      this.names[0] = KIND;
      System.arraycopy(names, 0, this.names, 1, names.length);
    }
  }

  static Map<String, Object> tree(Transform transform) {
    for (Kind kind : Kind.values()) {
      if (kind.type.isInstance(transform)) {
        Map<String, Object> tree = fields(KIND, kind.name());
        tree.putAll(kind.writer.apply(transform));
        return tree;
      }
    }
    throw new AssertionError("the kinds name every transform, but not " + transform);
  }

  static Transform transform(JsonFields fields) {
    Kind kind = fields.constant(KIND, Kind.class);
    return kind.reader.apply(fields.only(kind.names));
  }

  private static Map<String, Object> tree(RandomResizedCrop crop) {
    return fields(
        SCALE, pair(crop.minScale(), crop.maxScale()),
        RATIO, pair(crop.minRatio(), crop.maxRatio()),
        INTERPOLATION, crop.interpolation().name(),
        REDUCED, crop.reduced());
  }

  private static Transform resizedCrop(JsonFields fields) {
    Range scale = range(fields, SCALE);
    Range ratio = range(fields, RATIO);
    return new RandomResizedCrop(
        scale.min(),
        scale.max(),
        ratio.min(),
        ratio.max(),
        JsonTree.filter(fields),
        fields.findFlag(REDUCED).orElse(false));
  }

  private static Map<String, Object> tree(ColorJitter jitter) {
    return fields(
        BRIGHTNESS, pair(jitter.brightness()),
        CONTRAST, pair(jitter.contrast()),
        SATURATION, pair(jitter.saturation()),
        HUE, pair(jitter.hue()));
  }

  private static List<Number> pair(Range range) {
    return pair(range.min(), range.max());
  }

  private static List<Number> pair(double least, double most) {
    return JsonTree.numbers(List.of(least, most));
  }

  private static Transform jitter(JsonFields fields) {
    return new ColorJitter(
        range(fields, BRIGHTNESS),
        range(fields, CONTRAST),
        range(fields, SATURATION),
        range(fields, HUE));
  }

  private static Map<String, Object> tree(RandomErasing erasing) {
    return fields(
        PROBABILITY, number(erasing.probability()),
        SCALE, pair(erasing.minScale(), erasing.maxScale()),
        RATIO, pair(erasing.minRatio(), erasing.maxRatio()),
        FILL, erasing.fill().isEmpty() ? RANDOM : erasing.fill());
  }

  private static Transform erasing(JsonFields fields) {
    Range scale = range(fields, SCALE);
    Range ratio = range(fields, RATIO);
    boolean random = fields.find(FILL).filter(RANDOM::equals).isPresent();
    return new RandomErasing(
        fields.number(PROBABILITY),
        scale.min(),
        scale.max(),
        ratio.min(),
        ratio.max(),
        random ? List.of() : fill(fields));
  }

  private static Map<String, Object> tree(RandAugment policy) {
    return fields(
        OPERATIONS, policy.operations(),
        MAGNITUDE, policy.magnitude(),
        BINS, policy.bins(),
        INTERPOLATION, policy.interpolation().name(),
        FILL, policy.fill());
  }

  private static Transform randAugment(JsonFields fields) {
    return new RandAugment(
        fields.integer(OPERATIONS),
        fields.integer(MAGNITUDE),
        fields.integer(BINS),
        sampling(fields),
        fill(fields));
  }

  private static Map<String, Object> tree(AugMix mix) {
    return fields(
        SEVERITY, mix.severity(),
        WIDTH, mix.width(),
        DEPTH, mix.depth(),
        ALPHA, number(mix.alpha()),
        ENHANCING, mix.enhancing(),
        INTERPOLATION, mix.interpolation().name(),
        FILL, mix.fill());
  }

  private static Transform augMix(JsonFields fields) {
    return new AugMix(
        fields.integer(SEVERITY),
        fields.integer(WIDTH),
        fields.integer(DEPTH),
        fields.number(ALPHA),
        fields.flag(ENHANCING),
        sampling(fields),
        fill(fields));
  }

  private static Range range(JsonFields fields, String name) {
    List<Double> range = fields.numbers(name, 2, 2);
    return new Range(range.get(0), range.get(1));
  }

  private static Sampling sampling(JsonFields fields) {
    return fields.constant(INTERPOLATION, Sampling.class);
  }

  private static List<Integer> fill(JsonFields fields) {
    return fields.integers(FILL, 1, 3);
  }
}
