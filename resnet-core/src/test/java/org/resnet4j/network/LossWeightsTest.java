package org.resnet4j.network;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.train.BinaryCrossEntropy;
import org.resnet4j.train.Distillation;
import org.resnet4j.train.LogitLoss;

/**
 * Loss and gradients of PyTorch 1.13: {@code F.cross_entropy(logits, [0, 2, 1, 1], weight=[0.5, 2,
 * 4], reduction="none")}, in single precision.
 */
class LossWeightsTest {
  private static final Architecture NET =
      Architectures.byName("resnet8").with(arch -> arch.classes(3));

  private static final float[][] LOGITS = {
    {1.5f, -0.25f, 0.5f}, {0, 2, -1}, {-0.5f, 0.75f, 0.25f}, {3, -2, 1}
  };
  private static final float[][] LABELS = {{1, 0, 0}, {0, 0, 1}, {0, 1, 0}, {0, 1, 0}};
  private static final float[][] GRADIENTS = {
    {-0.17567289f, 0.0563596f, 0.11931328f},
    {0.4567808f, 3.3751788f, -3.8319597f},
    {0.30269355f, -0.94349575f, 0.64080226f},
    {1.7512012f, -1.9882005f, 0.23699933f}
  };

  private static ILossFunction loss(List<Double> weights) {
    ComputationGraphConfiguration stored =
        ComputationGraphConfiguration.fromJson(
            ResNetGraph.of(NET).lossWeights(weights).configuration().toJson());
    String output = stored.getNetworkOutputs().get(0);
    LayerVertex vertex = (LayerVertex) requireNonNull(stored.getVertices().get(output));
    return ((BaseOutputLayer) vertex.getLayerConf().getLayer()).getLossFn();
  }

  @Test
  void lossAndGradientsEqualThoseOfPyTorchAlsoAfterJson() {
    ILossFunction loss = loss(List.of(0.5, 2.0, 4.0));
    INDArray logits = Nd4j.createFromArray(LOGITS);
    INDArray labels = Nd4j.createFromArray(LABELS);
    var softmax = Activation.SOFTMAX.getActivationFunction();
    assertThat(loss.computeScore(labels, logits.dup(), softmax, null, true))
        .isCloseTo(6.109466552734375, within(1e-5));
    INDArray gradient = loss.computeGradient(labels, logits.dup(), softmax, null);
    assertThat(gradient.sub(Nd4j.createFromArray(GRADIENTS)).amaxNumber().doubleValue())
        .isLessThan(1e-5);
    assertThat(loss(List.of()).computeScore(labels, logits.dup(), softmax, null, true))
        .isCloseTo(2.3434321880340576, within(1e-5));
  }

  @Test
  void otherNumberOfWeightsThanClassesIsRefused() {
    assertThatThrownBy(() -> ResNetGraph.of(NET).lossWeights(List.of(1.0, 2.0)))
        .hasMessage(
            "weights of the loss: expected one for each of 3 classes but they were [1.0, 2.0]");
  }

  @Test
  void weightsWithAnotherLossAreRefused() {
    ResNetGraph graph =
        ResNetGraph.of(NET).lossWeights(List.of(1.0, 2.0, 3.0)).loss(new BinaryCrossEntropy());
    assertThatThrownBy(graph::configuration)
        .hasMessage(
            "weights of the loss: expected none with BinaryCrossEntropy[threshold=null] but they were [1.0, 2.0, 3.0]; draw classes equally often instead");
  }

  @Test
  void classifierOfAnotherLossIsTheSameNetwork() {
    for (LogitLoss loss : List.of(new BinaryCrossEntropy(0.2), new Distillation(0.5, 4))) {
      ComputationGraphConfiguration stored =
          ComputationGraphConfiguration.fromJson(
              ResNetGraph.of(NET).loss(loss).configuration().toJson());
      assertThat(stored).isEqualTo(ResNetGraph.of(NET).loss(loss).configuration());
      assertThat(ResNetGraph.of(NET).difference(stored)).isEmpty();
    }
  }
}
