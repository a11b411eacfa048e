package org.resnet4j.spark;

import java.io.IOException;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import org.resnet4j.arch.Shape;
import org.resnet4j.image.DataFormatException;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;

/**
 * An image in a data frame: the bytes of a file, as the source {@code binaryFile} has them in the
 * column {@code content}, or the struct of the source {@code image}, whose pixels are rows of blue,
 * green, red (and alpha), or gray.
 */
final class ImageCell {
  private ImageCell() {}

  /**
   * Requires the type of a column with images.
   *
   * @throws IllegalArgumentException when it is neither
   */
  static void requireType(String column, DataType type) {
    boolean struct =
        type instanceof StructType fields
            && fields.getFieldIndex("data").isDefined()
            && fields.getFieldIndex("nChannels").isDefined();
    if (!(type instanceof BinaryType) && !struct) {
      throw new IllegalArgumentException(
          "imageCol \"%s\": expected bytes of image files, as of the source binaryFile, or structs of the source image, but its type is %s"
              .formatted(column, type.simpleString()));
    }
  }

  /**
   * Returns the network's input.
   *
   * @param where for messages
   * @throws IOException when it is not a readable image
   */
  static float[] prepare(@Nullable Object cell, String where, ImagePipeline pipeline)
      throws IOException {
    if (cell instanceof byte[] encoded) {
      return ImageFiles.read(where, encoded, pipeline::prepare);
    }
    if (cell instanceof Row struct) {
      return pipeline.prepare(decoded(struct, where));
    }
    throw new DataFormatException(where + ": expected an image but the cell is empty");
  }

  private static Image decoded(Row struct, String where) throws DataFormatException {
    int height = number(struct, "height");
    int width = number(struct, "width");
    int samples = number(struct, "nChannels");
    byte[] data = struct.getAs("data");
    boolean channels = samples == 1 || samples == 3 || samples == 4;
    if (height < 1 || width < 1 || !channels || data == null) {
      throw new DataFormatException(
          "%s: expected an image but Spark decoded none (%s×%s, %s channels)"
              .formatted(where, width, height, samples));
    }
    if (data.length != (long) height * width * samples) {
      throw new DataFormatException(
          "%s: expected %s bytes for %s×%s pixels of %s channels but was %s"
              .formatted(
                  where, (long) height * width * samples, width, height, samples, data.length));
    }
    int area = height * width;
    byte[] pixels = new byte[Math.multiplyExact(3, area)];
    for (int channel = 0; channel < 3; channel++) {
      int sample = samples == 1 ? 0 : 2 - channel;
      for (int i = 0; i < area; i++) {
        pixels[channel * area + i] = data[i * samples + sample];
      }
    }
    return new Image(new Shape(3, height, width), pixels);
  }

  /** Returns the number in a field; -1, as Spark writes it, if it is empty. */
  private static int number(Row struct, String field) {
    Integer value = struct.getAs(field);
    return value == null ? -1 : value;
  }
}
