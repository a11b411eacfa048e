package org.resnet4j.zoo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;

/** The forms in which users have images. */
final class ImageInput {
  private ImageInput() {}

  /** Returns a batch {@code [N, C, H, W]} of prepared images. */
  static INDArray batch(List<?> images, ImagePipeline pipeline) throws IOException {
    if (images.isEmpty()) {
      throw new IllegalArgumentException("images: expected at least one but there are none");
    }
    List<float[]> prepared = new ArrayList<>();
    for (int i = 0; i < images.size(); i++) {
      prepared.add(prepare(images.get(i), "image " + i, pipeline));
    }
    return pipeline.batch(prepared);
  }

  private static float[] prepare(Object image, String where, ImagePipeline pipeline)
      throws IOException {
    if (image instanceof Path file) {
      return ImageFiles.read(file, pipeline::prepare);
    }
    if (image instanceof byte[] encoded) {
      return ImageFiles.read(where, encoded, pipeline::prepare);
    }
    if (image instanceof InputStream in) {
      return ImageFiles.read(where, in, pipeline::prepare);
    }
    if (image instanceof BufferedImage buffered) {
      return pipeline.prepare(Image.of(buffered));
    }
    if (image instanceof Image decoded) {
      return pipeline.prepare(decoded);
    }
    throw new IllegalArgumentException(
        "%s: expected a Path, byte[], InputStream, BufferedImage or Image but was %s"
            .formatted(where, image.getClass().getName()));
  }
}
