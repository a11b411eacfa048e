package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;

/**
 * The convolutional networks of {@code deeplearning4j-zoo} have the outputs, losses and gradients
 * of stock Deeplearning4j in double precision. Dropout is off, because its masks are random.
 */
class ZooParityTest {
  private static final int CLASSES = 4;

  /** The largest error of outputs was 2e-6. */
  private static final Oracle.Tolerance OUTPUTS = new Oracle.Tolerance(1e-4, 0);

  /**
   * In deep networks, a ReLU or maximum of numbers that are equal in single precision may choose
   * another gradient than in double precision. The gradients of stock Deeplearning4j in single
   * precision differ by up to 3e-2 for this reason. Winograd convolutions round otherwise than
   * primitives, with which VGG19's gradients differ by less than 1e-3. Gradients below a thousandth
   * of the largest consist of rounding errors.
   */
  private static final Oracle.Tolerance DEEP = new Oracle.Tolerance(6e-2, 1e-3);

  private static final Oracle.Tolerance SHALLOW = new Oracle.Tolerance(1e-4, 1e-3);

  /**
   * A network of the zoo.
   *
   * @param shape of an image: channels, height, width
   */
  record Sample(ZooModel<?> model, int... shape) {
    ComputationGraph network() {
      model.setInputShape(new int[][] {shape});
      Model made = model.init();
      ComputationGraph graph =
          made instanceof MultiLayerNetwork chain
              ? chain.toComputationGraph()
              : (ComputationGraph) made;
      withoutDropout(graph.getConfiguration());
      return Samples.network(graph.getConfiguration(), 3);
    }

    private static void withoutDropout(ComputationGraphConfiguration configuration) {
      for (GraphVertex vertex : configuration.getVertices().values()) {
        if (vertex instanceof LayerVertex layer) {
          layer.getLayerConf().getLayer().setIDropout(null);
        }
      }
    }

    INDArray images() {
      return model instanceof LeNet
          ? Samples.images(1, 2, (long) shape[0] * shape[1] * shape[2])
          : Samples.images(1, 2, shape[0], shape[1], shape[2]);
    }

    INDArray labels() {
      return model instanceof UNet
          ? Samples.images(2, 2, 1, shape[1], shape[2]).gt(0).castTo(images().dataType())
          : Samples.labels(2, 2, CLASSES);
    }

    @Override
    public String toString() {
      return model.modelName();
    }
  }

  static Stream<Sample> small() {
    return Stream.of(
        new Sample(LeNet.builder().numClasses(CLASSES).build(), 1, 28, 28),
        new Sample(SqueezeNet.builder().numClasses(CLASSES).build(), 3, 47, 49));
  }

  static Stream<Sample> large() {
    return Stream.of(
        new Sample(AlexNet.builder().numClasses(CLASSES).build(), 3, 224, 224),
        new Sample(VGG16.builder().numClasses(CLASSES).build(), 3, 32, 32),
        new Sample(VGG19.builder().numClasses(CLASSES).build(), 3, 32, 32),
        new Sample(ResNet50.builder().numClasses(CLASSES).build(), 3, 160, 160),
        new Sample(Darknet19.builder().numClasses(CLASSES).build(), 3, 64, 64),
        new Sample(Xception.builder().numClasses(CLASSES).build(), 3, 71, 71),
        new Sample(UNet.builder().build(), 3, 32, 32));
  }

  /** This network has no loss, so Deeplearning4j does not train it, either. */
  static Stream<Sample> untrained() {
    return Stream.of(new Sample(SimpleCNN.builder().numClasses(CLASSES).build(), 3, 48, 48));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource({"small", "untrained"})
  void outputEqualsStockDeeplearning4j(Sample sample) {
    Oracle.inference(sample.network(), OUTPUTS, sample.images());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("small")
  void lossAndGradientsEqualStockDeeplearning4j(Sample sample) {
    Oracle.training(sample.network(), SHALLOW, new DataSet(sample.images(), sample.labels()));
  }

  @Tag("slow")
  @ParameterizedTest(name = "{0}")
  @MethodSource("large")
  void largeNetworkEqualsStockDeeplearning4j(Sample sample) {
    ComputationGraph network = sample.network();
    Oracle.inference(network, OUTPUTS, sample.images());
    Oracle.training(network, DEEP, new DataSet(sample.images(), sample.labels()));
  }

  @Test
  void networkWithoutLossIsNotTrained() {
    Sample sample = untrained().findFirst().orElseThrow();
    DataSet batch = new DataSet(sample.images(), sample.labels());
    assertThatThrownBy(() -> sample.network().fit(batch)).isInstanceOf(RuntimeException.class);
    assertThatThrownBy(() -> OneDnn.accelerate(sample.network()))
        .isInstanceOf(UnsupportedGraphException.class)
        .hasMessageContaining("training with an output layer of the type ActivationLayer");
  }

  /** The zoo's own updaters, regularisation and gradient normalisation are Deeplearning4j's. */
  @Test
  void stepsOfTraining() {
    Sample sample = small().findFirst().orElseThrow();
    ComputationGraph stock = sample.network();
    ComputationGraph fast = OneDnn.accelerate(sample.network());
    DataSet batch = new DataSet(sample.images(), sample.labels());
    INDArray before = stock.params().dup();
    for (int step = 0; step < 3; step++) {
      stock.fit(batch);
      fast.fit(batch);
    }
    double moved = stock.params().distance2(before);
    assertThat(fast.params().distance2(stock.params())).isLessThan(1e-3 * moved);
  }
}
