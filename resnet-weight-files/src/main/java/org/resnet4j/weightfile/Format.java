package org.resnet4j.weightfile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.resnet4j.tensors.RenamedTensors;
import org.resnet4j.tensors.Tensors;
import org.resnet4j.tensors.WeightFileException;
import org.resnet4j.weightfile.keras.KerasArchive;
import org.resnet4j.weightfile.keras.KerasHdf5;
import org.resnet4j.weightfile.npy.Npy;
import org.resnet4j.weightfile.npy.Npz;
import org.resnet4j.weightfile.onnx.OnnxInitializers;
import org.resnet4j.weightfile.safetensors.Safetensors;
import org.resnet4j.weightfile.safetensors.SafetensorsIndex;
import org.resnet4j.weightfile.torch.TorchCheckpoint;
import org.resnet4j.weightfile.zip.FirstBytes;

/** The known formats, in the order in which they are tried. */
enum Format {
  SAFETENSORS(
      "safetensors",
      first -> first.has(Safetensors.LENGTH_BYTES, "{") && first.firstLong() < first.fileSize(),
      Safetensors::open),
  SAFETENSORS_INDEX(
      "safetensors index", first -> first.firstCharacter() == '{', SafetensorsIndex::open),
  TORCH(
      "PyTorch checkpoint", first -> first.anyEntryEndsWith("/data.pkl"), TorchCheckpoint::openZip),
  TORCH_LEGACY(
      "PyTorch checkpoint from before 1.6",
      first -> first.startsWith("\u0080"),
      TorchCheckpoint::openLegacy),
  TORCH_TAR(
      "PyTorch checkpoint from before 0.2",
      first -> first.has(257, "ustar"),
      file -> {
        throw new WeightFileException(
            file
                + ": is a tar, as PyTorch wrote before 0.2; load it in Python and save"
                + " torch.save(model.state_dict(), \"weights.pth\")");
      }),
  DEEPLEARNING4J(
      "Deeplearning4j zip",
      first -> first.zipEntries().contains("configuration.json"),
      file -> {
        throw new WeightFileException(
            file
                + ": is a network of Deeplearning4j's; open it with ModelFile of resnet-core, or"
                + " with Deeplearning4j's ModelSerializer");
      }),
  KERAS("Keras archive", KerasArchive::recognises, KerasArchive::open),
  KERAS_HDF5("Keras HDF5", KerasHdf5::recognises, KerasHdf5::open),
  NPZ("NumPy npz", first -> first.anyEntryEndsWith(Npz.SUFFIX), Npz::open),
  NPY("NumPy npy", first -> first.startsWith(Npy.MAGIC), Npz::openSingle),
  ONNX("ONNX model", OnnxInitializers::recognises, OnnxInitializers::open);

  /** A reader of files of one format. */
  interface Opener {
    Tensors open(Path file) throws IOException;
  }

  /** A reader of files that may hold several networks. */
  interface KeyedOpener {
    Tensors open(Path file, String key) throws IOException;
  }

  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final Predicate<FirstBytes> sniff;

  @SuppressWarnings("ImmutableEnumChecker") // a function without state
  private final KeyedOpener opener;

  Format(String title, Predicate<FirstBytes> sniff, Opener opener) {
    this(title, sniff, (file, key) -> RenamedTensors.under(key, opener.open(file)));
  }

  Format(String title, Predicate<FirstBytes> sniff, KeyedOpener opener) {
    this.title = title;
    this.sniff = sniff;
    this.opener = opener;
  }

  boolean matches(FirstBytes first) {
    return sniff.test(first);
  }

  Tensors open(Path file, String key) throws IOException {
    return opener.open(file, key);
  }

  @Override
  public String toString() {
    return title;
  }
}
