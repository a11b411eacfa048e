package org.resnet4j.image;

import static org.resnet4j.image.JsonTree.INTERPOLATION;
import static org.resnet4j.image.JsonTree.KIND;
import static org.resnet4j.image.JsonTree.fields;
import static org.resnet4j.image.JsonTree.filter;
import static org.resnet4j.image.JsonTree.number;
import static org.resnet4j.image.JsonTree.numbers;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.Normalization.Order;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.JsonFields;

/** The JSON form of {@link ImagePipeline}. Reading accepts no fields but those that it writes. */
final class PipelineJson {
  private static final String RESIZE = "resize";
  private static final String COLOUR = "colour";

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
        "augmentations", pipeline.augmentations().stream().map(TransformJson::tree).toList());
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
          fields.objects("augmentations", TransformJson::transform));
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

  private static Normalization normalization(JsonFields fields) {
    fields.only("order", "divisor", "mean", "std");
    return new Normalization(
        fields.constant("order", Order.class),
        fields.number("divisor"),
        fields.numbers("mean", 1, 3),
        fields.numbers("std", 1, 3));
  }
}
