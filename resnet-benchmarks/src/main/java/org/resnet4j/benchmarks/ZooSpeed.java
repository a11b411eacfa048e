package org.resnet4j.benchmarks;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.ZooModel;
import org.deeplearning4j.zoo.model.AlexNet;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SimpleCNN;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.VGG16;
import org.deeplearning4j.zoo.model.VGG19;
import org.deeplearning4j.zoo.model.Xception;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.benchmarks.baselines.Stopwatch;
import org.resnet4j.benchmarks.report.ZooPage;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.onednn.Precision;

/**
 * Measures the convolutional networks of {@code deeplearning4j-zoo} on stock Deeplearning4j and on
 * the engine, in single precision, with random weights and images.
 *
 * @param seconds of each measurement, after half as long a warm-up
 * @param out takes a table in Markdown, row by row
 */
record ZooSpeed(double seconds, PrintWriter out) {
  private static final int CLASSES = 1000;

  /** A rate that keeps random networks finite: with NaN, Deeplearning4j computes the step. */
  private static final double LEARNING_RATE = 1e-7;

  /**
   * A network, its images and batch.
   *
   * @param batch small enough for a step of the stock layers in a few seconds
   */
  private record Subject(ZooModel<?> model, int batch, int channels, int height, int width) {
    ComputationGraph network() {
      model.setInputShape(new int[][] {{channels, height, width}});
      Model made = model.init();
      return made instanceof MultiLayerNetwork chain
          ? chain.toComputationGraph()
          : (ComputationGraph) made;
    }

    INDArray images() {
      return model instanceof LeNet
          ? Nd4j.rand(batch, channels * height * width)
          : Nd4j.rand(batch, channels, height, width);
    }

    INDArray labels() {
      if (model instanceof UNet) {
        return Nd4j.rand(batch, 1, height, width);
      }
      int classes = model instanceof LeNet ? 10 : CLASSES;
      INDArray labels = Nd4j.zeros(batch, classes);
      for (int i = 0; i < batch; i++) {
        labels.putScalar(i, i % classes, 1);
      }
      return labels;
    }

    /** Returns the name on the command line. */
    String id() {
      return model.modelName();
    }

    /** Returns whether the network ends in a loss, without which it cannot be trained. */
    boolean isTrained() {
      return !(model instanceof SimpleCNN);
    }
  }

  private static List<Subject> subjects() {
    return List.of(
        new Subject(LeNet.builder().numClasses(10).build(), 64, 1, 28, 28),
        new Subject(SimpleCNN.builder().numClasses(CLASSES).build(), 32, 3, 48, 48),
        new Subject(AlexNet.builder().numClasses(CLASSES).build(), 8, 3, 224, 224),
        new Subject(SqueezeNet.builder().numClasses(CLASSES).build(), 8, 3, 227, 227),
        new Subject(Darknet19.builder().numClasses(CLASSES).build(), 4, 3, 224, 224),
        new Subject(ResNet50.builder().numClasses(CLASSES).build(), 4, 3, 224, 224),
        new Subject(VGG16.builder().numClasses(CLASSES).build(), 2, 3, 224, 224),
        new Subject(VGG19.builder().numClasses(CLASSES).build(), 2, 3, 224, 224),
        new Subject(Xception.builder().numClasses(CLASSES).build(), 1, 3, 299, 299),
        new Subject(UNet.builder().build(), 1, 3, 256, 256));
  }

  /**
   * Checks the names of networks.
   *
   * @throws IllegalArgumentException when there is no network of a name; the message lists all
   */
  static void requireKnown(List<String> names) {
    List<String> known = subjects().stream().map(Subject::id).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "--zoo: expected some of %s but was \"%s\"".formatted(known, name));
      }
    }
  }

  /** Measures the networks whose names are in {@code names}; null for all. */
  List<ZooPage.Row> measure(@Nullable List<String> names) throws Exception {
    out.print(ZooPage.HEAD);
    List<ZooPage.Row> rows = new ArrayList<>();
    for (Subject subject : subjects()) {
      if (names == null || names.contains(subject.id())) {
        ZooPage.Row row = row(subject);
        rows.add(row);
        out.print(row.markdown());
        out.flush();
      }
    }
    return rows;
  }

  private ZooPage.Row row(Subject subject) throws Exception {
    ComputationGraph network = subject.network();
    network.setLearningRate(LEARNING_RATE);
    INDArray images = subject.images();
    ZooPage.Times training = null;
    if (subject.isTrained()) {
      DataSet batch = new DataSet(images, subject.labels());
      double stockStep = milliseconds(() -> network.fit(batch));
      ComputationGraph fast = OneDnn.accelerate(network);
      training = new ZooPage.Times(stockStep, milliseconds(() -> fast.fit(batch)));
      fast.close();
    }
    // Training comes first: with initial statistics of batch norm, deep networks overflow.
    double stock = milliseconds(() -> network.outputSingle(images));
    double engine = inference(network, images);
    network.close();
    return new ZooPage.Row(
        subject.model.getClass().getSimpleName(),
        "%s × %s²".formatted(subject.batch, subject.height),
        new ZooPage.Times(stock, engine),
        training);
  }

  private double inference(ComputationGraph network, INDArray images) throws Exception {
    CompileOptions options = CompileOptions.inference().precision(Precision.FP32);
    try (CompiledNetwork compiled = OneDnn.compile(network, options)) {
      return milliseconds(() -> compiled.output(images));
    }
  }

  private double milliseconds(Stopwatch.Batch batch) throws Exception {
    return Stopwatch.of(seconds).time(batch).secondsPerBatch() * 1000;
  }
}
