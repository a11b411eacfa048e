package org.resnet4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.image.ImageFiles;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.support.Prefetch;

/**
 * Decodes and prepares images on background threads while the network is compiled or computes the
 * previous batch. An unreadable image is reported and left out. The number decoded at one time
 * depends on their size and Java's heap, see {@link ImageFiles}.
 */
final class ImageBatches implements AutoCloseable {
  private final ImagePipeline pipeline;
  private final int size;
  private final PrintWriter err;
  private final Prefetch<DecodedImage> images;
  private final List<Failure> failures = new ArrayList<>();

  ImageBatches(List<Path> files, ImagePipeline pipeline, int size, PrintWriter err) {
    if (size < 1) {
      throw new IllegalArgumentException("--batch: expected at least 1 but was " + size);
    }
    this.pipeline = pipeline;
    this.size = size;
    this.err = err;
    int threads = Runtime.getRuntime().availableProcessors();
    images =
        new Prefetch<>(
            threads,
            2 * size + threads,
            files.stream().<Callable<DecodedImage>>map(file -> () -> image(file)).iterator());
    images.start();
  }

  /** A file that is not a readable image, and the reason. */
  record Failure(String file, String reason) {}

  /** The images of one batch. */
  record Batch(List<Path> files, INDArray values) {}

  /** The result of one file: values or a reason. */
  private record DecodedImage(Path file, float @Nullable [] values, String reason) {}

  private DecodedImage image(Path file) {
    try {
      return new DecodedImage(file, ImageFiles.read(file, pipeline::prepare), "");
    } catch (IOException e) {
      return new DecodedImage(file, null, ErrorMessage.of(e));
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      return new DecodedImage(file, null, file + ": " + ErrorMessage.oneLine(e.toString()));
    }
  }

  /** Returns the next batch, smaller at the end; null if there are no more images. */
  @Nullable Batch next() {
    List<Path> files = new ArrayList<>();
    List<float[]> values = new ArrayList<>();
    while (files.size() < size && images.hasNext()) {
      DecodedImage next = images.next();
      if (next.values == null) {
        failures.add(new Failure(next.file.toString(), next.reason));
        err.println("resnet: " + next.reason);
        err.flush();
      } else {
        files.add(next.file);
        values.add(next.values);
      }
    }
    return files.isEmpty() ? null : new Batch(files, pipeline.batch(values));
  }

  /** Returns the failures so far. */
  List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** Returns the exit code: 0, or 1 if an image could not be read. */
  int status() {
    return failures.isEmpty() ? 0 : 1;
  }

  @Override
  public void close() {
    images.close();
  }
}
