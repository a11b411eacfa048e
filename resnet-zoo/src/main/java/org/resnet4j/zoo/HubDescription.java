package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Architecture;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.support.BoundedFile;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;
import org.resnet4j.support.JsonFields;

/**
 * The content of a {@code config.json} of the Hugging Face hub.
 *
 * @param classes null if it does not name them
 */
record HubDescription(
    Architecture architecture, ImagePipeline pipeline, @Nullable ClassNames classes) {

  /** Returns the fields of the JSON object that a file is. */
  static JsonFields fields(Path file) throws IOException {
    byte[] bytes =
        BoundedFile.read(
            file,
            ModelEntry.MOST_BYTES,
            "expected at most " + ModelEntry.MOST_BYTES + " bytes but there are more");
    try {
      String text = new String(bytes, StandardCharsets.UTF_8);
      Json.check(text, ModelEntry.LIMITS);
      return JsonFields.of(file.toString(), Json.parse(text));
    } catch (JsonException e) {
      throw new IOException(file + ": expected a JSON object but: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new IOException(e.getMessage(), e);
    }
  }

  /** Returns the share of an image that timm and transformers crop. */
  static double cropShare(JsonFields config) {
    double share = config.findNumber("crop_pct").orElse(0.875);
    if (share <= 0 || share > 1) {
      throw config.refused("crop_pct", "a share in (0, 1]", share);
    }
    return share;
  }
}
