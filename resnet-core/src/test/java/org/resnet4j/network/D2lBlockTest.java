package org.resnet4j.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.LayerPath;
import org.resnet4j.arch.Node;
import org.resnet4j.arch.Plan;
import org.resnet4j.arch.Shape;
import org.resnet4j.arch.Stem;

/** Single blocks of {@code resnet18_d2l} against the book's {@code Residual} module in torch. */
class D2lBlockTest {
  @ParameterizedTest
  @CsvSource({
    "d2l-4x3x6x6-4x3x6x6, 0",
    "d2l-4x3x6x6-4x6x3x3, 1",
    "d2l-4x3x8x8-4x3x8x8, 0",
    "d2l-4x3x8x8-4x6x4x4, 1"
  })
  void blockPutsOutTheBooksShapeAndTorchsValues(String name, int stage) {
    Golden golden =
        Golden.read("d2l-block").stream()
            .filter(next -> next.name().equals(name))
            .findFirst()
            .orElseThrow();
    Shape input = Shape.parse(golden.column("input"));
    Architecture row =
        Architectures.byName("resnet18_d2l")
            .with(d2l -> d2l.input(input).stem(Stem.CIFAR).stemWidth(3).depths(1, 1).widths(3, 6));
    ComputationGraph block = block(Plan.of(row), stage, input);
    Formula.fill(block, TorchNames.D2L);

    INDArray output =
        block.outputSingle(
            Formula.images(golden.number("batch"), 3, input.height(), input.width())
                .castTo(DataType.DOUBLE));

    long[] shape =
        Arrays.stream(name.substring(name.lastIndexOf('-') + 1).split("x", -1))
            .mapToLong(Long::parseLong)
            .toArray();
    assertThat(output.shape()).isEqualTo(shape);
    new Comparison(golden, 1e-10).whole("output", Parity.values(output));
  }

  /** The layers of the first block of {@code stage} alone, fed with images. */
  private static ComputationGraph block(Plan plan, int stage, Shape input) {
    List<Node> nodes =
        plan.nodes().stream()
            .filter(node -> node.path().place() == LayerPath.Place.STAGE)
            .filter(node -> node.path().stage() == stage)
            .toList();
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .dataType(DataType.DOUBLE)
            .activation(Activation.IDENTITY)
            .weightInit(WeightInit.ZERO)
            .graphBuilder();
    PlanEmitter emitter = new PlanEmitter(graph);
    emitter.input(new Node.Input(nodes.get(0).inputs().get(0), input));
    nodes.forEach(node -> node.accept(emitter));
    ComputationGraph block =
        new ComputationGraph(graph.setOutputs(nodes.get(nodes.size() - 1).path().vertex()).build());
    block.init();
    return block;
  }
}
