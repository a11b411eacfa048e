package com.example;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.resnet4j.arch.Architectures;
import org.resnet4j.network.ResNetGraph;
import org.resnet4j.onednn.OneDnn;
import org.resnet4j.train.SgdMomentum;

/** Trains ResNet-20 on one batch until its loss is half of what it was. */
public final class Train {
  public static void main(String[] arguments) {
    INDArray images = Nd4j.rand(DataType.FLOAT, 16, 3, 32, 32);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, 16, 10);
    for (int i = 0; i < 16; i++) {
      labels.putScalar(i, i % 10, 1);
    }
    ComputationGraph network =
        OneDnn.accelerate(
            ResNetGraph.of(Architectures.byName("resnet20_cifar")).seed(1).updater(new SgdMomentum(0.05, 0.9)).network());
    DataSet batch = new DataSet(images, labels);
    network.fit(batch);
    double first = network.score();
    for (int i = 0; i < 30; i++) {
      network.fit(batch);
    }
    if (!(network.score() < first / 2)) {
      throw new AssertionError("expected a loss below " + first / 2 + " but was " + network.score());
    }
    System.out.println("train: loss " + first + " to " + network.score());
  }
}
