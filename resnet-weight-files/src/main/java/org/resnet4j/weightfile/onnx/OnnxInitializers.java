package org.resnet4j.weightfile.onnx;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.resnet4j.tensors.FileBytes;
import org.resnet4j.tensors.FileGraph;
import org.resnet4j.tensors.FileTensors;
import org.resnet4j.tensors.Selection;
import org.resnet4j.tensors.StoredTensor;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.zip.FirstBytes;

/**
 * Reads the initialisers of an ONNX model, under their names in its graph, from the file and from
 * external data beside it, and the nodes of its graph.
 *
 * <p>The numbers of fields are those of <a
 * href="https://github.com/onnx/onnx/blob/v1.16.0/onnx/onnx.proto">onnx.proto</a>.
 */
public final class OnnxInitializers {
  private static final int GRAPH = 7 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int NODE = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int OUTPUT = 12 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int OUTPUT_NAME = 1 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
  private static final int INITIALIZER = 5 << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;

  /** The number of outputs that are kept; a network here has one. */
  private static final int MOST_OUTPUTS = 16;

  private final FileBytes file;
  private final CodedInputStream in;
  private final ExternalData external;
  private final Map<String, StoredTensor> tensors = new LinkedHashMap<>();
  private final List<OnnxNode> nodes = new ArrayList<>();
  private final List<String> outputs = new ArrayList<>();
  private boolean hasGraph;

  private OnnxInitializers(FileBytes file, CodedInputStream in, ExternalData external) {
    this.file = file;
    this.in = in;
    this.external = external;
  }

  /** Returns whether the file begins like ONNX models: a version, then another field of a model. */
  public static boolean recognises(FirstBytes first) {
    byte[] head = first.bytes();
    if (head.length < 3 || head[0] != 1 << 3 || head[1] <= 0) {
      return false;
    }
    int field = head[2] >> 3;
    int wireType = head[2] & 7;
    return field == 5 ? wireType == 0 : wireType == 2 && field >= 2 && field <= 14;
  }

  /**
   * Opens {@code file} and the external data in its folder.
   *
   * @throws WeightFileException when it is no ONNX model or is inconsistent
   */
  public static Tensors open(Path file) throws IOException {
    FileBytes bytes = FileBytes.open(file);
    ExternalData external = new ExternalData(file);
    Closeable both =
        () -> {
          bytes.close();
          external.close();
        };
    try (InputStream stream = Files.newInputStream(file)) {
      CodedInputStream in = CodedInputStream.newInstance(stream);
      OnnxInitializers reader = new OnnxInitializers(bytes, in, external);
      reader.read();
      FileGraph graph = OnnxGraph.of(reader.nodes, reader.tensors, reader.outputs, external);
      return new FileTensors(file.toString(), reader.tensors, both, Selection.WHOLE, graph);
    } catch (Throwable e) {
      both.close();
      throw e;
    }
  }

  private void read() throws IOException {
    if (file.size() > Integer.MAX_VALUE) {
      throw new WeightFileException(
          "%s: expected at most 2 GiB, as protocol buffers are, but it has %s bytes; larger models keep their data in files beside"
              .formatted(file.where(), file.size()));
    }
    try {
      in.pushLimit((int) file.size());
      model();
    } catch (InvalidProtocolBufferException e) {
      throw WeightFileException.at(
          file.where(),
          in.getTotalBytesRead(),
          "expected an ONNX model but: " + e.getMessage(),
          WeightFileException.REFETCH);
    }
    if (!hasGraph) {
      throw new WeightFileException(
          "%s: expected an ONNX model but it has no graph; is it one?".formatted(file.where()));
    }
  }

  private void model() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == GRAPH) {
        hasGraph = true;
        int outer = in.pushLimit(in.readRawVarint32());
        graph();
        in.popLimit(outer);
      } else {
        in.skipField(tag);
      }
    }
  }

  private void graph() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == INITIALIZER) {
        long offset = in.getTotalBytesRead();
        int outer = in.pushLimit(in.readRawVarint32());
        add(offset, OnnxTensorProto.read(in, file));
        in.popLimit(outer);
      } else if (tag == NODE) {
        int outer = in.pushLimit(in.readRawVarint32());
        add(OnnxNode.read(in, file));
        in.popLimit(outer);
      } else if (tag == OUTPUT) {
        int outer = in.pushLimit(in.readRawVarint32());
        output();
        in.popLimit(outer);
      } else {
        in.skipField(tag);
      }
    }
  }

  private void output() throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == OUTPUT_NAME && outputs.size() < MOST_OUTPUTS) {
        outputs.add(in.readStringRequireUtf8());
      } else {
        in.skipField(tag);
      }
    }
  }

  private void add(OnnxNode node) throws WeightFileException {
    if (nodes.size() == FileGraph.MOST) {
      throw WeightFileException.at(
          file.where(),
          in.getTotalBytesRead(),
          "expected at most %s nodes but there are more".formatted(FileGraph.MOST),
          WeightFileException.REFETCH);
    }
    nodes.add(node);
  }

  private void add(long offset, OnnxTensorProto tensor) throws IOException {
    String name = tensor.name();
    if (name.isEmpty() || tensors.size() == FileTensors.MOST) {
      throw WeightFileException.at(
          file.where(),
          offset,
          name.isEmpty()
              ? "expected the name of an initialiser but there is none"
              : "expected at most %s initialisers but there are more".formatted(FileTensors.MOST),
          WeightFileException.REFETCH);
    }
    if (tensors.put(name, tensor.stored(external)) != null) {
      throw WeightFileException.at(
          file.where(),
          offset,
          "expected every name once but \"%s\" is there twice".formatted(name),
          WeightFileException.REFETCH);
    }
  }
}
