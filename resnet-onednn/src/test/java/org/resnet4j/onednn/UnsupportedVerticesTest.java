package org.resnet4j.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.resnet4j.onednn.UnsupportedGraphException.Vertex;

/** A refusal names every unsupported vertex, and no vertex that follows from another. */
class UnsupportedVerticesTest {
  private static final InputType IMAGE = InputType.convolutional(16, 12, 3);

  /** Returns a graph with four unsupported vertices, each of another kind, and five others. */
  private static ComputationGraph several() {
    ComputationGraphConfiguration configuration =
        Samples.graph()
            .addInputs("in")
            .setInputTypes(IMAGE)
            .addLayer("first", conv().activation(Activation.CUBE).build(), "in")
            .addLayer("good", conv().activation(Activation.RELU).build(), "first")
            .addLayer("up", new Deconvolution2D.Builder(2, 2).stride(2, 2).nOut(6).build(), "good")
            .addLayer("after", conv().build(), "up")
            .addVertex("shift", new ShiftVertex(1), "after")
            .addLayer("pool", pnorm(), "shift")
            .addLayer("dense", new DenseLayer.Builder().nOut(7).build(), "pool")
            .addLayer("head", Samples.head(), "dense")
            .setOutputs("head")
            .build();
    ComputationGraph network = new ComputationGraph(configuration);
    network.init();
    return network;
  }

  private static ConvolutionLayer.Builder conv() {
    return new ConvolutionLayer.Builder(3, 3).padding(1, 1).nOut(4);
  }

  private static SubsamplingLayer pnorm() {
    return new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.PNORM, new int[] {2, 2})
        .pnorm(2)
        .build();
  }

  private static UnsupportedGraphException refused(ThrowingCallable work) {
    return catchThrowableOfType(UnsupportedGraphException.class, work);
  }

  private static List<String> names(UnsupportedGraphException refusal) {
    return refusal.vertices().stream().map(Vertex::name).toList();
  }

  @Test
  void refusalsOfInferenceAndTrainingListAllVertices() {
    List<UnsupportedGraphException> refusals =
        Stream.<ThrowingCallable>of(
                () -> OneDnn.compile(several(), CompileOptions.inference()).close(),
                () -> OneDnn.accelerate(several()))
            .map(UnsupportedVerticesTest::refused)
            .toList();
    for (UnsupportedGraphException refusal : refusals) {
      assertThat(refusal.vertices())
          .containsExactly(
              new Vertex("first", "ConvolutionLayer", "the activation cube"),
              new Vertex("up", "Deconvolution2D", "Deconvolution2D"),
              new Vertex("shift", "ShiftVertex", "ShiftVertex"),
              new Vertex("pool", "SubsamplingLayer", "PoolingType.PNORM"));
      assertThat(refusal)
          .hasMessage(
              "4 vertices are not supported by the oneDNN engine:"
                  + " vertex \"first\": the activation cube (ConvolutionLayer);"
                  + " vertex \"up\": Deconvolution2D;"
                  + " vertex \"shift\": ShiftVertex;"
                  + " vertex \"pool\": PoolingType.PNORM (SubsamplingLayer);"
                  + " run this graph on stock Deeplearning4j (CompileOptions.orFallBack() does"
                  + " it)");
    }
  }

  @Test
  void messageWithOneVertexNamesItsKind() {
    ComputationGraph network =
        Samples.network(Samples.chain(IMAGE, conv().activation(Activation.CUBE).build()), 1);
    assertThat(refused(() -> OneDnn.accelerate(network)))
        .hasMessage(
            "vertex \"layer0\": the activation cube (ConvolutionLayer) is not supported by the"
                + " oneDNN engine; run this graph on stock Deeplearning4j"
                + " (CompileOptions.orFallBack() does it)");
  }

  /** The deconvolution is 4 times as large as the input, and so is what follows. */
  @Test
  void vertexAfterAnUnsupportedOneIsReadWithItsTrueShape() {
    ComputationGraph network =
        Samples.network(
            Samples.chain(
                IMAGE,
                new Deconvolution2D.Builder(4, 4).stride(4, 4).nOut(2).build(),
                new DenseLayer.Builder().nOut(5).build()),
            1);
    UnsupportedGraphException refusal =
        refused(() -> OneDnn.compile(network, CompileOptions.inference()).close());
    assertThat(names(refusal)).containsExactly("layer0");
  }

  /** Sequences have no shape in the engine: what follows is checked by its class alone. */
  @Test
  void vertexWithoutAShapeIsCheckedByItsClass() {
    ComputationGraph network =
        new ComputationGraph(
            Samples.graph()
                .addInputs("in")
                .setInputTypes(InputType.recurrent(3))
                .addLayer("one", lstm(), "in")
                .addLayer("two", lstm(), "one")
                .addLayer("dense", new DenseLayer.Builder().nOut(4).build(), "two")
                .addVertex("shift", new ShiftVertex(1), "dense")
                .addLayer(
                    "head",
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(5)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "shift")
                .setOutputs("head")
                .build());
    network.init();
    assertThat(names(refused(() -> OneDnn.accelerate(network))))
        .containsExactly("one", "two", "shift", "head");
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nOut(4).activation(Activation.TANH).build();
  }

  @Test
  void messageIsBoundedAndTheExceptionListsAll() {
    GraphBuilder graph = Samples.graph().addInputs("in").setInputTypes(IMAGE);
    String last = "in";
    for (int i = 0; i < 57; i++) {
      graph.addVertex("shift" + i, new ShiftVertex(1), last);
      last = "shift" + i;
    }
    graph.addLayer("a", conv().build(), last).addLayer("head", Samples.head(), "a");
    ComputationGraph network = Samples.network(graph.setOutputs("head").build(), 1);
    UnsupportedGraphException refusal = refusedAtTheFirstCall(network);
    assertThat(refusal.vertices()).hasSize(57);
    assertThat(refusal)
        .hasMessageStartingWith("57 vertices are not supported")
        .hasMessageContaining("\"shift19\": ShiftVertex; and 37 more; run this graph")
        .hasMessageNotContaining("\"shift20\"");
  }

  private static UnsupportedGraphException refusedAtTheFirstCall(ComputationGraph network) {
    return refused(
        () -> {
          try (CompiledNetwork compiled = OneDnn.compile(network, CompileOptions.inference())) {
            compiled.output(Samples.images(1, 2, 3, 16, 12));
          }
        });
  }

  @Test
  void refusedGraphFallsBackWithOneReason() {
    ComputationGraph network = several();
    DataSet batch = Samples.batch(1, Samples.CLASSES, 2, 3, 16, 12);
    assertThatCode(
            () -> OneDnn.accelerate(network, CompileOptions.training().orFallBack()).fit(batch))
        .doesNotThrowAnyException();
  }
}
