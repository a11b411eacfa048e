package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.resnet4j.onednn.Int8Ranges;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

/**
 * The part of a quantized model beside its parameters, which stay in single precision. It is the
 * entry {@value #ENTRY} of the model's zip.
 *
 * @param ranges of the activations
 * @param certificate quality with these ranges
 */
public record Quantized(Int8Ranges ranges, Certificate certificate) {
  /** The entry of a model's zip. */
  public static final String ENTRY = "resnet4j-int8.json";

  /** The maximum length of the entry; a range takes about 50 bytes. */
  static final int MOST_BYTES = 1 << 20;

  private static final Json.Limits LIMITS = new Json.Limits(MOST_BYTES, 1 << 16, 8, 1 << 12);

  private static final int FORMAT = 1;

  /**
   * The JSON document.
   *
   * @param parameters SHA-256 of the parameters for which the ranges were measured
   */
  private record Entry(
      int format, String parameters, Map<String, Float> ranges, Certificate certificate) {}

  /** Returns the text of the entry for parameters of this fingerprint. */
  String json(String fingerprint) {
    return Json.document(new Entry(FORMAT, fingerprint, ranges.ranges(), certificate));
  }

  /**
   * Reads an entry.
   *
   * @param fingerprint of the parameters in the same file
   * @throws IOException when it is damaged or was measured for other parameters
   */
  static Quantized read(Path file, String json, String fingerprint) throws IOException {
    try {
      Json.check(json, LIMITS);
      Entry entry = Json.read(json, Entry.class);
      if (entry.format != FORMAT) {
        throw new IllegalArgumentException(
            "expected format %s but was %s; a newer version wrote it"
                .formatted(FORMAT, entry.format));
      }
      if (!entry.parameters.equals(fingerprint)) {
        throw new IllegalArgumentException(
            "its ranges were measured for other parameters; quantize the model again");
      }
      return new Quantized(new Int8Ranges(entry.ranges), entry.certificate);
    } catch (JsonException | IllegalArgumentException e) {
      throw new IOException(
          "%s: %s: expected the ranges and the certificate of a quantized model but: %s"
              .formatted(file, ENTRY, e.getMessage()),
          e);
    }
  }
}
