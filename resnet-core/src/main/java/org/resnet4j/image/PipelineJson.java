package org.resnet4j.image;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Normalization.Order;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.JsonFields;

/** The JSON form of {@link ImagePipeline}. Reading accepts no fields but those that it writes. */
final class PipelineJson {
  private static final String KIND = "kind";
  private static final String INTERPOLATION = "interpolation";
  private static final String RESIZE = "resize";
  private static final String COLOUR = "colour";
  private static final String PROBABILITY = "probability";
  private static final String PADDING = "padding";
  private static final String SCALE = "scale";
  private static final String RATIO = "ratio";

  private enum TransformKind {
    HORIZONTAL_FLIP,
    RANDOM_CROP,
    RANDOM_RESIZED_CROP
  }

  private PipelineJson() {}

  static Map<String, Object> tree(ImagePipeline pipeline) {
    Shape output = pipeline.output();
    Normalization values = pipeline.normalization();
    return fields(
        "output", List.of(output.channels(), output.height(), output.width()),
        "fit", tree(pipeline.fit()),
        "normalization",
            fields(
                "order", values.order().name(),
                "divisor", number(values.divisor()),
                "mean", numbers(values.mean()),
                "std", numbers(values.std())),
        "augmentations", pipeline.augmentations().stream().map(PipelineJson::tree).toList());
  }

  private static Map<String, Object> tree(Fit fit) {
    String kind = fit.kind().name();
    String filter = fit.interpolation().name();
    return switch (fit.kind()) {
      case EXACT -> fields(KIND, kind);
      case STRETCH -> fields(KIND, kind, INTERPOLATION, filter);
      case CENTER_CROP -> fields(KIND, kind, RESIZE, fit.resize(), INTERPOLATION, filter);
      case PAD -> fields(KIND, kind, COLOUR, fit.colour(), INTERPOLATION, filter);
    };
  }

  static Map<String, Object> tree(Transform transform) {
    if (transform instanceof HorizontalFlip flip) {
      return fields(
          KIND, TransformKind.HORIZONTAL_FLIP.name(), PROBABILITY, number(flip.probability()));
    }
    if (transform instanceof RandomCrop crop) {
      return fields(KIND, TransformKind.RANDOM_CROP.name(), PADDING, crop.padding());
    }
    RandomResizedCrop crop = (RandomResizedCrop) transform;
    return fields(
        KIND, TransformKind.RANDOM_RESIZED_CROP.name(),
        SCALE, numbers(List.of(crop.minScale(), crop.maxScale())),
        RATIO, numbers(List.of(crop.minRatio(), crop.maxRatio())),
        INTERPOLATION, crop.interpolation().name());
  }

  private static Map<String, Object> fields(Object... namesAndValues) {
    Map<String, Object> fields = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  private static List<Number> numbers(List<Double> values) {
    return values.stream().map(PipelineJson::number).toList();
  }

  /** Returns whole numbers without a decimal point. */
  private static Number number(double value) {
    boolean whole = value == Math.rint(value) && Math.abs(value) < 1 << 30;
    return whole && Double.compare(value, -0.0) != 0 ? (Number) (int) value : (Number) value;
  }

  static ImagePipeline pipeline(@Nullable Object tree) throws JsonException {
    try {
      JsonFields fields =
          JsonFields.of("image pipeline", tree)
              .only("output", "fit", "normalization", "augmentations");
      List<Integer> output = fields.integers("output", 3, 3);
      return new ImagePipeline(
          new Shape(output.get(0), output.get(1), output.get(2)),
          fit(fields.object("fit")),
          normalization(fields.object("normalization")),
          fields.objects("augmentations", PipelineJson::transform));
    } catch (IllegalArgumentException e) {
      throw new JsonException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Fit fit(JsonFields fields) {
    Fit.Kind kind = fields.constant(KIND, Fit.Kind.class);
    return switch (kind) {
      case EXACT -> {
        fields.only(KIND);
        yield Fit.exact();
      }
      case STRETCH -> Fit.stretch(filter(fields.only(KIND, INTERPOLATION)));
      case CENTER_CROP ->
          Fit.centerCrop(fields.only(KIND, RESIZE, INTERPOLATION).integer(RESIZE), filter(fields));
      case PAD ->
          Fit.pad(fields.only(KIND, COLOUR, INTERPOLATION).integers(COLOUR, 3, 3), filter(fields));
    };
  }

  private static Interpolation filter(JsonFields fields) {
    return fields.constant(INTERPOLATION, Interpolation.class);
  }

  private static Normalization normalization(JsonFields fields) {
    fields.only("order", "divisor", "mean", "std");
    return new Normalization(
        fields.constant("order", Order.class),
        fields.number("divisor"),
        fields.numbers("mean", 1, 3),
        fields.numbers("std", 1, 3));
  }

  static Transform transform(@Nullable Object tree) throws JsonException {
    try {
      return transform(JsonFields.of("transform", tree));
    } catch (IllegalArgumentException e) {
      throw new JsonException(String.valueOf(e.getMessage()), e);
    }
  }

  private static Transform transform(JsonFields fields) {
    return switch (fields.constant(KIND, TransformKind.class)) {
      case HORIZONTAL_FLIP ->
          new HorizontalFlip(fields.only(KIND, PROBABILITY).number(PROBABILITY));
      case RANDOM_CROP -> new RandomCrop(fields.only(KIND, PADDING).integer(PADDING));
      case RANDOM_RESIZED_CROP -> {
        fields.only(KIND, SCALE, RATIO, INTERPOLATION);
        List<Double> scale = fields.numbers(SCALE, 2, 2);
        List<Double> ratio = fields.numbers(RATIO, 2, 2);
        yield new RandomResizedCrop(
            scale.get(0), scale.get(1), ratio.get(0), ratio.get(1), filter(fields));
      }
    };
  }
}
