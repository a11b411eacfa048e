package org.resnet4j.zoo;

import static java.util.Comparator.comparingDouble;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.graph.NonFinite;
import org.resnet4j.image.Image;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;

/**
 * Classifies images with a pretrained network. It runs on the oneDNN engine in FP32, or on stock
 * Deeplearning4j if the engine is not available, which the log reports. Quantized models run in
 * INT8 if that is faster. Thread-safe; {@link #close} frees native memory.
 *
 * <pre>{@code
 * try (Classifier classifier = Models.pretrained("resnet50.tv_in1k_v2").classifier()) {
 *   List<Prediction> predictions = classifier.top(Path.of("dog.jpg"), 5);
 * }
 * }</pre>
 */
public final class Classifier implements AutoCloseable {
  private final Model model;
  private final UnaryOperator<INDArray> network;
  private final int batch;
  private final Runnable release;

  private Classifier(Model model, UnaryOperator<INDArray> network, int batch, Runnable release) {
    this.model = model;
    this.network = network;
    this.batch = batch;
    this.release = release;
  }

  static Classifier of(Model model) {
    Precision precision = model.quantized() == null ? Precision.FP32 : Precision.AUTO;
    return of(model, CompileOptions.inference().precision(precision).orFallBack());
  }

  static Classifier of(Model model, CompileOptions options) {
    CompiledNetwork network =
        OneDnn.compile(model.network(), model.ranges(options).sharingParameters());
    int batch = Math.min(ImageInput.BATCH, options.maximumBatch());
    return new Classifier(model, network::output, batch, network::close);
  }

  /**
   * Returns a classifier that computes with {@code network}, {@code [N, C, H, W]} to {@code [N,
   * classes]}. It is thread-safe if that function is.
   */
  public static Classifier on(Model model, UnaryOperator<INDArray> network) {
    return new Classifier(model, network, ImageInput.BATCH, () -> {});
  }

  /**
   * Returns the {@code count} most probable classes of the image in {@code file}, most probable
   * first. The image is rotated as its EXIF orientation says.
   *
   * @throws IOException when the file is not a readable image
   */
  public List<Prediction> top(Path file, int count) throws IOException {
    return top(List.of(file), count).get(0);
  }

  /** Returns the most probable classes of an encoded image, as {@link #top(Path, int)} does. */
  public List<Prediction> top(byte[] encoded, int count) throws IOException {
    return top(List.of(encoded), count).get(0);
  }

  /** Returns the most probable classes of the image in a stream, which is not closed. */
  public List<Prediction> top(InputStream encoded, int count) throws IOException {
    return top(List.of(encoded), count).get(0);
  }

  /** Returns the most probable classes of an image of AWT, which has no EXIF orientation. */
  public List<Prediction> top(BufferedImage image, int count) throws IOException {
    return top(List.of(image), count).get(0);
  }

  /** Returns the most probable classes of decoded pixels. */
  public List<Prediction> top(Image image, int count) throws IOException {
    return top(List.of(image), count).get(0);
  }

  /**
   * Returns the {@code count} most probable classes of each image, computed in batches while
   * further images are decoded.
   *
   * @param images each a {@code Path}, {@code byte[]}, {@code InputStream}, {@code BufferedImage}
   *     or {@link Image}
   * @throws IOException when one is not a readable image
   * @throws IllegalArgumentException when one is of another type
   */
  public List<List<Prediction>> top(List<?> images, int count) throws IOException {
    return ImageInput.inBatches(
            images, model.pipeline(), batch, prepared -> predictions(prepared, count))
        .stream()
        .flatMap(List::stream)
        .toList();
  }

  /**
   * Returns the probabilities {@code [N, classes]} of a batch {@code [N, C, H, W]} that {@link
   * Model#pipeline()} prepared.
   *
   * @throws ArithmeticException when a probability is NaN
   */
  public INDArray probabilities(INDArray batch) {
    return NonFinite.requireFinite(network.apply(batch));
  }

  /**
   * Returns the {@code count} most probable classes of each image in a batch that {@link
   * Model#pipeline()} prepared.
   *
   * @throws ArithmeticException when a probability is NaN
   */
  public List<List<Prediction>> predictions(INDArray batch, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "classifier: expected at least 1 class to name but was " + count);
    }
    INDArray probabilities = probabilities(batch);
    int classes = Math.toIntExact(probabilities.size(1));
    List<String> names = labels(classes);
    float[] all = probabilities.dup('c').data().asFloat();
    return LongStream.range(0, probabilities.size(0))
        .mapToObj(
            index ->
                predictions(
                    Arrays.copyOfRange(all, (int) index * classes, (int) (index + 1) * classes),
                    names,
                    count))
        .toList();
  }

  /**
   * Returns a name for each of the network's outputs, numbered ones if the model has none.
   *
   * @throws IllegalArgumentException when the model has names for another number of outputs
   */
  public List<String> labels(int outputs) {
    List<String> labels = model.classes().names();
    List<String> names = labels.isEmpty() ? ClassNames.numbered(outputs).names() : labels;
    if (names.size() != outputs) {
      throw new IllegalArgumentException(
          "%s: expected one label an output but there are %s for %s; give one label for each output"
              .formatted(model.name(), names.size(), outputs));
    }
    return names;
  }

  private static List<Prediction> predictions(
      float[] probabilities, List<String> names, int count) {
    return IntStream.range(0, probabilities.length)
        .mapToObj(i -> new Prediction(names.get(i), i, probabilities[i]))
        .sorted(comparingDouble(Prediction::probability).reversed())
        .limit(count)
        .toList();
  }

  @Override
  public void close() {
    release.run();
  }
}
