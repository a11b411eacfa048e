package org.resnet4j.training;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.resnet4j.data.Batches;
import org.resnet4j.data.ImageSource;
import org.resnet4j.data.Subset;
import org.resnet4j.data.sets.Dataset;
import org.resnet4j.data.sets.OpenDataset;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.Int8Calibration;
import org.resnet4j.onednn.Int8Ranges;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;
import org.resnet4j.run.Predictions;
import org.resnet4j.zoo.Certificate;
import org.resnet4j.zoo.Model;
import org.resnet4j.zoo.Quantized;

/**
 * Quantizes a trained model to 8-bit integers, without training, and certifies the result.
 *
 * <pre>{@code
 * Model int8 = Quantization.of(model).calibrate(Dataset.folder(photos)).run();
 * System.out.println(int8.quantized().certificate().describe());
 * int8.save(Path.of("int8.zip"));
 * }</pre>
 *
 * <p>The images are those that {@link Evaluation} takes. Some of them, at random, measure the
 * ranges of activations; the certificate is measured on the others.
 */
public final class Quantization {
  /** The usual number of images for the calibration. */
  public static final int IMAGES = 512;

  /** The usual least agreement with FP32. */
  public static final double AGREEMENT = 0.99;

  private static final int BATCH = 32;
  private static final long SEED = 0;

  private final Model model;
  private final Dataset data;
  private int images = IMAGES;
  private double agreement = AGREEMENT;
  private Progress progress = (done, all) -> {};

  /** A receiver of the progress. */
  public interface Progress {
    /** Receives the number of images that were computed; those of the certificate count twice. */
    void computed(int done, int all);
  }

  /** A model whose images are to be named. */
  public static final class Subject {
    private final Model model;

    private Subject(Model model) {
      this.model = model;
    }

    /** Returns the quantization by labelled images. */
    public Quantization calibrate(Dataset data) {
      return new Quantization(model, data);
    }
  }

  private Quantization(Model model, Dataset data) {
    this.model = model;
    this.data = data;
  }

  /** Returns a model to quantize. */
  public static Subject of(Model model) {
    return new Subject(model);
  }

  /** Calibrates by this number of images, at most half of all; {@value #IMAGES} unless set. */
  public Quantization images(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("calibration: expected at least 1 image but was " + count);
    }
    images = count;
    return this;
  }

  /** Refuses a result that agrees with FP32 on a smaller share of the images. */
  public Quantization agreement(double least) {
    if (!(least >= 0 && least <= 1)) {
      throw new IllegalArgumentException(
          "agreement: expected a share from 0 to 1 but was " + least);
    }
    agreement = least;
    return this;
  }

  /** Accepts the result whatever its certificate says. */
  public Quantization force() {
    return agreement(0);
  }

  /** Reports the number of images that were computed, after every batch. */
  public Quantization progress(Progress value) {
    progress = value;
    return this;
  }

  /**
   * Returns the quantized model. Its parameters are those of the model.
   *
   * @throws AgreementTooLowException when it differs from FP32 too often
   * @throws IllegalArgumentException when the network has no convolution that is quantized, or
   *     classes of the data are not the model's
   * @throws IOException when an image cannot be read
   */
  public Model run() throws IOException {
    Evaluation evaluation = Evaluation.of(model).on(data).batch(BATCH);
    try (OpenDataset all = evaluation.open()) {
      int count = all.source().size();
      if (count < 2) {
        throw new IllegalArgumentException(
            "%s: expected at least 2 images, one for the calibration and one for the certificate, but was %s"
                .formatted(data, count));
      }
      List<Integer> shuffled = IntStream.range(0, count).boxed().collect(Collectors.toList());
      Collections.shuffle(shuffled, new Random(SEED));
      int some = Math.min(images, count / 2);
      Int8Ranges ranges = ranges(subset(all, shuffled.subList(0, some)), 2 * count - some);
      Certificate certificate =
          certificate(evaluation, all, subset(all, shuffled.subList(some, count)), some, ranges);
      if (certificate.agreement().value() < agreement) {
        throw new AgreementTooLowException(model.name(), agreement, certificate);
      }
      return model.with(new Quantized(ranges, certificate));
    }
  }

  private static ImageSource subset(OpenDataset all, List<Integer> indices) {
    return Subset.of(all.source(), indices.stream().mapToInt(i -> i).sorted().toArray());
  }

  private Batches batches(ImageSource source) throws IOException {
    return Batches.of(source)
        .size(Math.min(BATCH, source.size()))
        .pipeline(model.pipeline())
        .lent()
        .build();
  }

  private Int8Ranges ranges(ImageSource source, int total) throws IOException {
    try (Int8Calibration calibration = OneDnn.calibrate(model.network());
        Batches batches = batches(source)) {
      int done = 0;
      while (batches.hasNext()) {
        var images = batches.next().getFeatures();
        calibration.observe(images);
        done += (int) images.size(0);
        progress.computed(done, total);
      }
      return calibration.ranges();
    }
  }

  private Certificate certificate(
      Evaluation evaluation, OpenDataset all, ImageSource others, int before, Int8Ranges ranges)
      throws IOException {
    CompileOptions options = CompileOptions.inference().maximumBatch(BATCH);
    Predictions fp32 =
        predictions(evaluation, all, others, before, options.precision(Precision.FP32));
    Predictions int8 =
        predictions(
            evaluation,
            all,
            others,
            before + others.size(),
            options.int8(ranges).precision(Precision.INT8));
    int count = fp32.examples();
    int same = (int) IntStream.range(0, count).filter(i -> fp32.agrees(int8, i)).count();
    return new Certificate(
        data.toString(),
        all.source().size() - others.size(),
        new Certificate.Share(same, count),
        correct(fp32),
        correct(int8));
  }

  private Predictions predictions(
      Evaluation evaluation,
      OpenDataset all,
      ImageSource others,
      int before,
      CompileOptions options)
      throws IOException {
    int calibrated = all.source().size() - others.size();
    try (CompiledNetwork network = OneDnn.compile(model.network(), options);
        Batches batches = batches(others)) {
      return evaluation.predictions(
          network::output,
          batches,
          all,
          done -> progress.computed(before + done, 2 * all.source().size() - calibrated));
    }
  }

  private static Certificate.Share correct(Predictions predictions) {
    int count = predictions.examples();
    int correct = (int) IntStream.range(0, count).filter(predictions::isRight).count();
    return new Certificate.Share(correct, count);
  }
}
