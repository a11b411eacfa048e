package org.resnet4j.cli;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.resnet4j.support.Nearest;

/** Distinguishes paths from names where an argument may be either. */
final class ModelArgument {
  /** The endings of files with weights; no name of an architecture or of weights has one. */
  private static final Set<String> ENDINGS =
      Set.of(
          "zip",
          "safetensors",
          "pth",
          "pt",
          "th",
          "pkl",
          "bin",
          "ckpt",
          "tar",
          "h5",
          "hdf5",
          "keras",
          "onnx",
          "npz",
          "npy",
          "params",
          "json",
          "msgpack",
          "tflite",
          "pb");

  private ModelArgument() {}

  /**
   * Returns whether {@code argument} can only be a path: it has a slash or a backslash, begins with
   * a dot or a tilde, or ends as files of weights do.
   */
  static boolean isPath(String argument) {
    int dot = argument.lastIndexOf('.');
    return argument.indexOf('/') >= 0
        || argument.indexOf('\\') >= 0
        || argument.startsWith(".")
        || argument.startsWith("~")
        || ENDINGS.contains(argument.substring(dot + 1).toLowerCase(Locale.ROOT));
  }

  /**
   * Refuses a path at which there is nothing; a name passes.
   *
   * @throws NoSuchFileException that suggests a file or folder of a similar name beside it
   */
  static void requireThere(String argument) throws NoSuchFileException {
    Path path = Path.of(argument);
    if (!isPath(argument) || Files.exists(path)) {
      return;
    }
    String finding =
        Files.isSymbolicLink(path)
            ? "a link to a file that is not there"
            : "no such file or folder" + suggested(path);
    throw new NoSuchFileException(argument, null, finding);
  }

  private static String suggested(Path path) {
    Path folder = path.getParent() == null ? Path.of("") : path.getParent();
    if (!Files.isDirectory(folder.toString().isEmpty() ? Path.of(".") : folder)) {
      return folder.getParent() == null && !Files.exists(folder, LinkOption.NOFOLLOW_LINKS)
          ? "; there is no folder " + folder + " here"
          : "";
    }
    List<String> names =
        Nearest.to(String.valueOf(path.getFileName()), Nearest.neighbours(path, it -> true));
    return names.isEmpty() ? "" : "; did you mean " + folder.resolve(names.get(0)) + "?";
  }
}
