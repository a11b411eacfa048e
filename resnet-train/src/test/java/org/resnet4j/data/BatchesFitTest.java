package org.resnet4j.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.resnet4j.arch.Shape;

/** Batches work in the training and evaluation loops of DL4J. */
final class BatchesFitTest {
  private static final ImageSource IMAGES =
      new MemoryImages(30, new Shape(1, 6, 6), MemoryImages.THREE);

  @Test
  void fitAdvancesThroughTheEpochs() throws IOException {
    List<String> orders = new ArrayList<>();
    ImageSource source = IMAGES;
    try (Batches batches = Batches.of(source).size(8).shuffle(1).build()) {
      ComputationGraph graph = graph();
      batches.setPreProcessor(batch -> orders.add(batches.epoch() + " " + batch.numExamples()));
      graph.fit(batches, 2);
      assertThat(orders).containsExactly("0 8", "0 8", "0 8", "0 6", "1 8", "1 8", "1 8", "1 6");
      assertThat(graph.getEpochCount()).isEqualTo(2);
    }
  }

  @Test
  void fittingEpochByEpochEqualsFittingAllEpochsAtOnce() throws IOException {
    try (Batches batches = Batches.of(IMAGES).size(8).shuffle(1).build();
        Batches resumed = Batches.of(IMAGES).size(8).shuffle(1).threads(3).build()) {
      ComputationGraph atOnce = graph();
      atOnce.fit(batches, 3);
      ComputationGraph stepwise = graph();
      for (int epoch = 0; epoch < 3; epoch++) {
        resumed.startEpoch(epoch);
        stepwise.fit(resumed);
      }
      assertThat(stepwise.params()).isEqualTo(atOnce.params());
    }
  }

  @Test
  void evaluateCountsEveryImage() throws IOException {
    try (Batches batches = Batches.of(IMAGES).size(8).build()) {
      Evaluation first = graph().evaluate(batches);
      assertThat(first.getNumRowCounter()).isEqualTo(30);
      assertThat(graph().evaluate(batches).stats()).isEqualTo(first.stats());
    }
  }

  @Test
  void arraysAreDetachedFromWorkspaces() throws IOException {
    try (Batches batches = Batches.of(IMAGES).size(8).build();
        MemoryWorkspace open =
            Nd4j.getWorkspaceManager()
                .getAndActivateWorkspace(
                    WorkspaceConfiguration.builder().initialSize(1 << 20).build(), "test")) {
      DataSet batch = batches.next();
      assertThat(open.isScopeActive()).isTrue();
      assertThat(batch.getFeatures().isAttached()).isFalse();
      assertThat(batch.getLabels().isAttached()).isFalse();
    }
  }

  private static ComputationGraph graph() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(0.1))
                .activation(Activation.RELU)
                .graphBuilder()
                .addInputs("in")
                .setInputTypes(InputType.convolutional(6, 6, 1))
                .addLayer("conv", new ConvolutionLayer.Builder(3, 3).nOut(2).build(), "in")
                .addLayer(
                    "out",
                    new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(),
                    "conv")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }
}
