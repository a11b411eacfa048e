package org.resnet4j.network;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Architectures;
import org.resnet4j.arch.Shape;

/** Architectures at full width equal the networks of torchvision. */
class TorchvisionParityTest {
  private static final double FLOAT_TOLERANCE = 1e-4;
  private static final double DOUBLE_TOLERANCE = 1e-9;

  /**
   * The tolerance for gradients of a ResNet-50 in single precision. Rounding moves a few of its
   * million ReLUs across their kink, and each of them moves some gradients by percents; which ones
   * depends on the order of summation. Torch's own float run is 6e-3 to 3e-2 away from its double
   * one.
   */
  private static final double DEEP_FLOAT_GRADIENT_TOLERANCE = 0.1;

  private static final ParityReport REPORT = new ParityReport();

  @ParameterizedTest
  @ValueSource(strings = {"resnet18-64", "resnet50-64"})
  void inferenceEqualsTorchvision(String file) {
    inference(file, DataType.FLOAT, FLOAT_TOLERANCE);
  }

  @Test
  void trainingStepOfResNet18EqualsTorchvision() {
    training("resnet18-64", DataType.FLOAT, FLOAT_TOLERANCE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"resnet18-64", "resnet50-64"})
  void trainingStepInDoubleEqualsTorchvision(String file) {
    training(file, DataType.DOUBLE, DOUBLE_TOLERANCE);
  }

  @Tag("slow")
  @ParameterizedTest
  @ValueSource(
      strings = {
        "resnet18-224",
        "resnet34-64",
        "resnet50-224",
        "resnet101-64",
        "resnet152-64",
        "wide_resnet50_2-64",
        "wide_resnet101_2-64",
        "resnext50_32x4d-64",
        "resnext101_32x8d-64",
        "resnext101_64x4d-64"
      })
  void inferenceOfLargerNetworksEqualsTorchvision(String file) {
    inference(file, DataType.FLOAT, FLOAT_TOLERANCE);
    inference(file, DataType.DOUBLE, DOUBLE_TOLERANCE);
  }

  @Tag("slow")
  @Test
  void trainingStepOfResNeXtInDoubleEqualsTorchvision() {
    training("resnext50_32x4d-64", DataType.DOUBLE, DOUBLE_TOLERANCE);
  }

  /**
   * The goldens are from the networks in {@code make_goldens.py}, which compares its
   * squeeze-and-excitation with torchvision's.
   */
  @Tag("slow")
  @ParameterizedTest
  @ValueSource(strings = {"seresnet18-64", "seresnet50-64"})
  void inferenceWithSqueezeAndExcitationEqualsPyTorch(String file) {
    inference(file, DataType.FLOAT, FLOAT_TOLERANCE);
    inference(file, DataType.DOUBLE, DOUBLE_TOLERANCE);
  }

  @Tag("slow")
  @Test
  void trainingStepWithSqueezeAndExcitationEqualsPyTorch() {
    training("seresnet18-64", DataType.FLOAT, FLOAT_TOLERANCE);
    training("seresnet18-64", DataType.DOUBLE, DOUBLE_TOLERANCE);
  }

  @Tag("slow")
  @Test
  void trainingStepOfResNet50InFloatIsWithinTheFloatErrorOfPyTorch() {
    training("resnet50-64", DataType.FLOAT, DEEP_FLOAT_GRADIENT_TOLERANCE);
  }

  private static void inference(String file, DataType type, double tolerance) {
    Golden golden = Golden.only(file);
    Parity parity = new Parity(golden, network(golden, type), names(file), tolerance);
    REPORT.add(file, type, "inference", parity.inference());
  }

  private static void training(String file, DataType type, double tolerance) {
    Golden golden = Golden.only(file);
    Parity parity = new Parity(golden, network(golden, type), names(file), tolerance);
    REPORT.add(file, type, "training", parity.training());
  }

  private static TorchNames names(String file) {
    return file.startsWith("se") ? TorchNames.OURS : TorchNames.TORCHVISION;
  }

  private static ComputationGraph network(Golden golden, DataType type) {
    return ResNetGraph.of(architecture(golden))
        .dataType(type)
        .updater(SmallNetworkParityTest.sgd(golden))
        .network();
  }

  /** Returns the architecture of torchvision's model, with the golden's input. */
  static Architecture architecture(Golden golden) {
    return Architectures.byName(golden.field("model"))
        .with(arch -> arch.input(Shape.parse(golden.field("input"))));
  }

  @AfterAll
  static void report() {
    REPORT.print();
  }
}
