package com.example;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.onednn.CompiledNetwork;
import org.resnet4j.onednn.OneDnn;

/** Compiles a network of its own with the engine and trains it by a step, beside stock Deeplearning4j. */
public final class Accelerate {
  public static void main(String[] arguments) {
    INDArray images = Nd4j.rand(DataType.FLOAT, 8, 3, 16, 16);
    INDArray labels = Nd4j.eye(10).get(Nd4j.createFromArray(0, 1, 2, 3, 4, 5, 6, 7)).castTo(DataType.FLOAT);
    ComputationGraph stock = network();

    try (CompiledNetwork compiled = OneDnn.compile(network(), CompileOptions.inference())) {
      requireClose("outputs", stock.outputSingle(images), compiled.output(images));
    }
    ComputationGraph fast = OneDnn.accelerate(network());
    stock.fit(new DataSet(images, labels));
    fast.fit(new DataSet(images, labels));
    requireClose("parameters", stock.params(), fast.params());
    System.out.println("accelerate: " + OneDnn.environment());
  }

  private static ComputationGraph network() {
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Sgd(0.1))
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(InputType.convolutional(16, 16, 3))
            .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(8).activation(Activation.RELU).build(), "in")
            .addLayer("out", new OutputLayer.Builder(LossFunction.MCXENT).nOut(10).activation(Activation.SOFTMAX).build(), "conv")
            .setOutputs("out")
            .build();
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
  }

  private static void requireClose(String what, INDArray expected, INDArray actual) {
    if (!expected.equalsWithEps(actual, 1e-2) || actual.isNaN().any()) {
      throw new AssertionError(what + ": expected " + expected + " but was " + actual);
    }
    System.out.println(what + " of shape " + Arrays.toString(actual.shape()) + " agree");
  }
}
