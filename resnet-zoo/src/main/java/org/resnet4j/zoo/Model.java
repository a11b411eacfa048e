package org.resnet4j.zoo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.resnet4j.arch.Architecture;
import org.resnet4j.arch.Shape;
import org.resnet4j.export.OnnxExport.BatchNorm;
import org.resnet4j.image.ImagePipeline;
import org.resnet4j.model.ModelFile;
import org.resnet4j.onednn.CompileOptions;
import org.resnet4j.support.AtomicFile;
import org.resnet4j.support.Digest;

/**
 * A network with all that its use needs: architecture, image pipeline, class names and provenance.
 * {@link Models} opens, creates and downloads models.
 *
 * <pre>{@code
 * Model model = Models.pretrained("resnet50.tv_in1k_v2");
 * try (Classifier classifier = model.classifier()) {
 *   List<Prediction> predictions = classifier.top(Path.of("dog.jpg"), 5);
 * }
 * model.save(Path.of("resnet50.zip"));
 * model.export(Path.of("resnet50.onnx"));
 * }</pre>
 *
 * @param name of the pretrained weights, the architecture or the file, for messages
 * @param architecture null if the file does not name it
 * @param network images {@code [N, C, H, W]} to probabilities {@code [N, classes]}, which sum to 1
 *     unless an image may have several labels
 * @param pipeline from decoded images to the network's input, without augmentations
 * @param classes names of the network's outputs
 * @param quantized ranges for 8-bit integers; null if the model was not quantized
 */
public record Model(
    String name,
    @Nullable Architecture architecture,
    ComputationGraph network,
    ImagePipeline pipeline,
    ClassNames classes,
    Provenance provenance,
    @Nullable Quantized quantized) {
  private static final int CHUNK = 1 << 16;

  public Model {
    pipeline = pipeline.forInference();
  }

  /** Creates a model that is not quantized. */
  public Model(
      String name,
      @Nullable Architecture architecture,
      ComputationGraph network,
      ImagePipeline pipeline,
      ClassNames classes,
      Provenance provenance) {
    this(name, architecture, network, pipeline, classes, provenance, null);
  }

  /** Returns this model with ranges for 8-bit integers, measured for its parameters. */
  public Model with(Quantized other) {
    return new Model(name, architecture, network, pipeline, classes, provenance, other);
  }

  /** Returns this model with another pipeline. */
  public Model with(ImagePipeline other) {
    return new Model(name, architecture, network, other, classes, provenance, quantized);
  }

  /**
   * Returns this model for images of another size; the ratio of crop to image is kept. The
   * parameters are the same. It is not quantized: ranges were measured for the other size.
   *
   * @throws IllegalArgumentException when the number of channels differs, or the architecture
   *     cannot have such an input
   */
  public Model resized(Shape input) {
    Architecture other = requireArchitecture().with(arch -> arch.input(input));
    if (input.channels() != pipeline.output().channels()) {
      throw new IllegalArgumentException(
          "%s: expected an input of %s channels but was %s"
              .formatted(name, pipeline.output().channels(), input));
    }
    return new Model(
        name, other, network, WeightPipelines.fitted(pipeline, input), classes, provenance);
  }

  /** Returns this model with other names of its classes. */
  public Model with(ClassNames other) {
    return new Model(name, architecture, network, pipeline, other, provenance, quantized);
  }

  /**
   * Returns the architecture.
   *
   * @throws IllegalArgumentException when the model's file does not name it
   */
  public Architecture requireArchitecture() {
    if (architecture == null) {
      throw new IllegalArgumentException(
          name
              + ": expected a model with an architecture, but its file does not name it; open its weights with LoadOptions.of(architecture)");
    }
    return architecture;
  }

  /** Returns the SHA-256 of the parameters, in hexadecimal digits. */
  public String fingerprint() {
    DataBuffer values = network.params().dup('c').data();
    Digest digest = Digest.sha256();
    ByteBuffer chunk = ByteBuffer.allocate(CHUNK * Float.BYTES);
    for (long from = 0; from < values.length(); from += CHUNK) {
      chunk.clear();
      for (long i = from; i < Math.min(values.length(), from + CHUNK); i++) {
        chunk.putFloat(values.getFloat(i));
      }
      digest.add(chunk.array(), chunk.position());
    }
    return digest.hex();
  }

  /** Returns the texts of the entries of the model's zip, by their names, but for the network. */
  public Map<String, String> zipEntries() {
    return ModelEntry.all(this);
  }

  /** Returns {@code options} with the ranges of a quantized model. */
  public CompileOptions ranges(CompileOptions options) {
    return quantized == null ? options : options.int8(quantized.ranges());
  }

  /**
   * Returns a classifier in FP32 on the oneDNN engine, or on stock Deeplearning4j if the engine is
   * not available. A quantized model runs in INT8 if that is faster here.
   */
  public Classifier classifier() {
    return Classifier.of(this);
  }

  /** Returns a classifier in another precision or for larger batches. */
  public Classifier classifier(CompileOptions options) {
    return Classifier.of(this, options);
  }

  /**
   * Returns an extractor of features.
   *
   * @param places as {@link FeatureExtractor} names them; all are computed in one pass
   */
  public FeatureExtractor features(String... places) {
    return FeatureExtractor.of(this, places);
  }

  /**
   * Writes the model to a zip, atomically. {@link Models#open(Path)} reads it back; so does
   * Deeplearning4j's {@code ModelSerializer}, without the entry of this project.
   */
  public void save(Path file) throws IOException {
    AtomicFile.write(
        file,
        temporary -> ModelFile.write(temporary, network, ModelFile.Updater.DROP, zipEntries()));
  }

  /**
   * Writes the network for other programs, atomically, in the format of the file's ending: {@code
   * .onnx} or {@code .safetensors} with torchvision's names; {@code .zip} as {@link #save}.
   */
  public void export(Path file) throws IOException {
    export(file, "torchvision", BatchNorm.KEPT);
  }

  /**
   * Writes the network as {@link #export(Path)} does.
   *
   * @param naming key mapping of the tensors in safetensors; PyTorch's {@code load_state_dict} of
   *     that library's model accepts them strictly
   * @param batchNorm treatment of batch norms in ONNX; those of a quantized model are folded
   * @throws IllegalArgumentException when the network was not built from the architecture, or the
   *     key mapping has no names for it
   */
  public void export(Path file, String naming, BatchNorm batchNorm) throws IOException {
    ExportFormat.of(file).write(this, file, naming, batchNorm);
  }
}
