package org.resnet4j.zoo;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.image.Image;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.support.Prefetch;

/** The forms in which users have images. */
final class ImageInput {
  /** The usual number of images in a batch: larger ones are not faster. */
  static final int BATCH = 32;

  private ImageInput() {}

  /**
   * Returns what {@code network} computes of consecutive batches {@code [n, C, H, W]} of prepared
   * images. The images of the next batch are prepared in the background.
   *
   * @param size most images in a batch
   */
  static <T> List<T> inBatches(
      List<?> images, ImagePipeline pipeline, int size, Function<INDArray, T> network)
      throws IOException {
    if (images.isEmpty()) {
      throw new IllegalArgumentException("images: expected at least one but there are none");
    }
    if (images.size() == 1) {
      return List.of(
          network.apply(pipeline.batch(List.of(prepare(images.get(0), "image 0", pipeline)))));
    }
    int threads = Math.min(images.size(), Runtime.getRuntime().availableProcessors());
    Stream<Callable<float[]>> tasks =
        IntStream.range(0, images.size())
            .mapToObj(i -> () -> prepare(images.get(i), "image " + i, pipeline));
    List<T> results = new ArrayList<>();
    try (Prefetch<float[]> ahead = new Prefetch<>(threads, size + threads, tasks.iterator())) {
      while (ahead.hasNext()) {
        List<float[]> batch = new ArrayList<>();
        while (batch.size() < size && ahead.hasNext()) {
          batch.add(ahead.next());
        }
        results.add(network.apply(pipeline.batch(batch)));
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return results;
  }

  private static float[] prepare(@Nullable Object image, String where, ImagePipeline pipeline)
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
            .formatted(where, image == null ? null : image.getClass().getName()));
  }
}
