package org.resnet4j.onednn;

import java.util.Arrays;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.resnet4j.onednn.exec.TrainingProgram;

/**
 * The loss of an output layer in a training step, as Deeplearning4j computes it.
 *
 * @param name of the network's output
 * @param index of the output
 */
record StepLoss(IOutputLayer head, String name, int index) {
  /** Returns the loss, and fills in the gradient of the layer's output. */
  double of(INDArray labels, @Nullable INDArray mask, TrainingProgram program) {
    Programs.requireOpen("labels of the output " + name, labels);
    if (mask != null) {
      Programs.requireOpen("label mask", mask);
    }
    LayerWorkspaceMgr workspaces = LayerWorkspaceMgr.noWorkspaces();
    INDArray gradient = program.outputGradients().get(index);
    // Listeners may read these from the layer.
    head.setInput(program.headInputs().get(index), workspaces);
    head.setLabels(labels);
    head.setMaskArray(mask);
    if (!(head.conf().getLayer() instanceof BaseOutputLayer configuration)) {
      gradient.assign(head.backpropGradient(null, workspaces).getSecond());
      return head.computeScore(0, true, workspaces);
    }
    ILossFunction loss = configuration.getLossFn();
    IActivation activation = configuration.getActivationFn();
    // Some losses overwrite their arguments.
    INDArray output = program.outputs().get(index);
    INDArray computed = loss.computeGradient(labels, output.dup(), activation, mask);
    if (!computed.equalShapes(gradient)) {
      throw new IllegalArgumentException(
          "labels "
              + Arrays.toString(labels.shape())
              + " do not fit the output "
              + Arrays.toString(output.shape()));
    }
    gradient.assign(computed);
    double sum = loss.computeScore(labels, output.dup(), activation, mask, false);
    return head.conf().isMiniBatch() ? sum / output.size(0) : sum;
  }
}
