package org.resnet4j.onednn;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMSE;
import org.resnet4j.train.BinaryCrossEntropy;
import org.resnet4j.train.Distillation;

/** Any loss has the value and gradients of stock Deeplearning4j, with and without a mask. */
class LossParityTest {
  record Loss(String name, Layer head, INDArray labels) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Loss> losses() {
    int count = 4;
    INDArray hot = Samples.labels(11, count, Samples.CLASSES);
    INDArray soft = hot.mul(0.9).add(0.1 / Samples.CLASSES);
    INDArray real = Samples.images(12, count, Samples.CLASSES);
    INDArray bits = Samples.images(13, count, Samples.CLASSES).gt(0).castTo(real.dataType());
    INDArray signs = bits.mul(2).sub(1);
    INDArray weights = Nd4j.createFromArray(0.5f, 2f, 1f, 0.1f, 3f);
    return Stream.of(
        new Loss("softmax, MCXENT", output(new LossMCXENT(), Activation.SOFTMAX), hot),
        new Loss(
            "softmax, MCXENT, soft labels", output(new LossMCXENT(), Activation.SOFTMAX), soft),
        new Loss("MCXENT with weights", output(new LossMCXENT(weights), Activation.SOFTMAX), hot),
        new Loss("NLL", output(LossFunction.NEGATIVELOGLIKELIHOOD, Activation.SOFTMAX), hot),
        new Loss("MSE", output(LossFunction.MSE, Activation.IDENTITY), real),
        new Loss("MSE with weights", output(new LossMSE(weights), Activation.TANH), real),
        new Loss("L1", output(LossFunction.L1, Activation.IDENTITY), real),
        new Loss("XENT", output(LossFunction.XENT, Activation.SIGMOID), bits),
        new Loss(
            "binary cross-entropy", output(new BinaryCrossEntropy(), Activation.SIGMOID), soft),
        new Loss(
            "binary cross-entropy, threshold",
            output(new BinaryCrossEntropy(0.2), Activation.SIGMOID),
            soft),
        new Loss(
            "distillation",
            output(new Distillation(0.7, 4), Activation.SOFTMAX),
            Nd4j.hstack(soft, Samples.labels(14, count, Samples.CLASSES).mul(0.8).add(0.04))),
        new Loss("hinge", output(LossFunction.HINGE, Activation.TANH), signs),
        new Loss(
            "without bias",
            new OutputLayer.Builder(LossFunction.MCXENT)
                .nOut(Samples.CLASSES)
                .activation(Activation.SOFTMAX)
                .hasBias(false)
                .build(),
            hot),
        new Loss(
            "loss layer",
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build(),
            hot),
        new Loss(
            "loss layer, MSE",
            new LossLayer.Builder(LossFunction.MSE).activation(Activation.SIGMOID).build(),
            real));
  }

  static OutputLayer output(LossFunction loss, Activation activation) {
    return new OutputLayer.Builder(loss).nOut(Samples.CLASSES).activation(activation).build();
  }

  private static OutputLayer output(ILossFunction loss, Activation activation) {
    return new OutputLayer.Builder(loss).nOut(Samples.CLASSES).activation(activation).build();
  }

  private static ComputationGraph network(Layer head) {
    return Samples.network(
        Samples.graph()
            .addInputs("in")
            .setInputTypes(GraphParityTest.IMAGE)
            .addLayer("a", GraphParityTest.conv(6), "in")
            .addLayer("b", new DenseLayer.Builder().nOut(Samples.CLASSES).build(), "a")
            .addLayer("head", head, "b")
            .setOutputs("head")
            .build(),
        4);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void gradientsOfTheLossEqualStockDeeplearning4j(Loss loss) {
    INDArray images = GraphParityTest.images(4);
    Oracle.inference(network(loss.head()), Oracle.TOLERANCE, images);
    Oracle.training(network(loss.head()), Oracle.TOLERANCE, new DataSet(images, loss.labels()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("losses")
  void labelMaskExcludesExamples(Loss loss) {
    INDArray mask = Nd4j.createFromArray(new float[][] {{1}, {0}, {1}, {1}});
    Oracle.training(
        network(loss.head()),
        Oracle.TOLERANCE,
        new DataSet(GraphParityTest.images(4), loss.labels(), null, mask));
  }
}
