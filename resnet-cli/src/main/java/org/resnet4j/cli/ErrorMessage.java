package org.resnet4j.cli;

import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.resnet4j.data.UnreadableImagesException;
import org.resnet4j.fetch.NotFetchedException;
import org.resnet4j.graph.Nd4jNatives;
import org.resnet4j.onednn.UnsupportedGraphException;
import org.resnet4j.zoo.UnknownArchitectureException;
import org.resnet4j.zoo.UnknownPipelineException;

/**
 * Describes a failure in one line. Messages of the library address Java programmers; these lines
 * name a command or an option instead.
 */
final class ErrorMessage {
  /** The advice in messages of the library that names Java, and that of the command line. */
  private static final Map<String, String> ADVICE =
      Map.of(
          "resume it, overwrite it or choose another folder",
          "give --resume or --overwrite, or choose another folder by --out",
          ", or accept a fresh classifier (Tolerance.OTHER_CLASSES)",
          " (--classes)",
          ", or have them adapted (Tolerance.OTHER_CHANNELS)",
          " (--input)",
          ", or accept it (Quantization.force)",
          ", or accept it with --force",
          ", or accept the difference (Tolerance.MISSING, Tolerance.UNEXPECTED)",
          "");

  private static final Pattern JAVA =
      Pattern.compile(
          " \\((Tolerance|LoadOptions|Models|WeightStore)\\.[^()]*(\\([^()]*\\))?[^()]*\\)");

  private ErrorMessage() {}

  /**
   * Returns what to say of memory that is used up.
   *
   * @param batches whether the command has {@code --batch}
   */
  static String outOfMemory(OutOfMemoryError failure, boolean batches) {
    String message = "out of memory: " + oneLine(String.valueOf(failure.getMessage()));
    if (message.contains("array size")) {
      return message + "; one of the files is too large for an array of Java";
    }
    if (message.contains("native thread")) {
      return message + "; let this user have more threads (ulimit -u)";
    }
    return message
        + (batches ? "; try a smaller --batch, or give more" : "; give more")
        + " with RESNET_JAVA_OPTS=\"-Xmx4g -Dorg.bytedeco.javacpp.maxbytes=16g"
        + " -Dorg.bytedeco.javacpp.maxphysicalbytes=20g\"";
  }

  /** Returns what went wrong and what to do, in one line. */
  static String of(Throwable failure) {
    if (failure instanceof UncheckedIOException e && e.getCause() != null) {
      return of(e.getCause());
    }
    if (failure instanceof NotFetchedException e) {
      String command = e.kind() == NotFetchedException.Kind.WEIGHTS ? "weights" : "datasets";
      return oneLine(
          "%s; run ./resnet %s fetch %s, or %s"
              .formatted(e.problem(), command, e.name(), e.alternative()));
    }
    if (failure instanceof UnreadableImagesException e) {
      return oneLine(
          e.problem()
              + "; repair or remove them, or leave them out of training with --skip-unreadable");
    }
    if (failure instanceof UnknownPipelineException e) {
      return oneLine(
          e.problem()
              + "; name the size of its input by --input, for example 224, and --stats unless"
              + " none");
    }
    if (failure instanceof UnknownArchitectureException e) {
      return oneLine(
          "%s; name it by --model and the file by --weights, for example --model %s --weights %s"
              .formatted(e.problem(), architecture(e.file()), e.file()));
    }
    if (failure instanceof UnsupportedGraphException e) {
      return oneLine(e.reason() + "; choose --engine auto or nd4j, which run it on Deeplearning4j");
    }
    String natives = isOfNatives(failure) ? Nd4jNatives.obstacle() : null;
    if (natives != null) {
      return oneLine(natives + " in RESNET_JAVA_OPTS");
    }
    if (isOfNatives(failure)) {
      return "the native libraries cannot be loaded: "
          + ofPreload(oneLine(String.valueOf(root(failure).getMessage())))
          + "; they are unpacked into ~/.javacpp and the folder for temporary files: name one that"
          + " is not mounted noexec and has room, with"
          + " RESNET_JAVA_OPTS=\"-Dorg.bytedeco.javacpp.cachedir=DIR -Djava.io.tmpdir=DIR\"";
    }
    if (failure instanceof InvalidPathException e && e.getReason().startsWith("Malformed input")) {
      return oneLine(
          e.getInput()
              + ": Java cannot name this file in the character set of the locale, "
              + System.getProperty("sun.jnu.encoding")
              + "; set LC_ALL=C.UTF-8, or on macOS en_US.UTF-8");
    }
    String message = failure.getMessage();
    if (message == null) {
      return failure.toString();
    }
    boolean bare = failure instanceof FileSystemException file && file.getReason() == null;
    return oneLine(
            bare ? message + ": " + kind((FileSystemException) failure) : withoutJava(message))
        + (isOfFullDisk(failure) ? "; make room on the disk, or choose another" : "");
  }

  /** Returns an architecture of 50 layers for which files of such a name have weights. */
  static String architecture(String file) {
    String lower = file.toLowerCase(Locale.ROOT);
    boolean isKeras = Stream.of(".h5", ".hdf5", ".keras").anyMatch(lower::endsWith);
    return isKeras ? "resnet50_v1" : "resnet50";
  }

  /** Returns the message with advice for the command line. */
  static String withoutJava(String message) {
    String advised = message;
    for (Map.Entry<String, String> advice : ADVICE.entrySet()) {
      advised = advised.replace(advice.getKey(), advice.getValue());
    }
    return JAVA.matcher(advised).replaceAll("");
  }

  /** Returns whether a file system is full; the message then names the file. */
  private static boolean isOfFullDisk(Throwable failure) {
    return String.valueOf(failure.getMessage())
        .matches(
            "(?s).*(No space left on device|Disk quota exceeded|not enough space on the disk)");
  }

  /** Returns whether native libraries could not be loaded. */
  static boolean isOfNatives(Throwable failure) {
    return chain(failure)
        .anyMatch(
            cause ->
                cause instanceof UnsatisfiedLinkError
                    || cause.getClass().getSimpleName().equals("NoAvailableBackendException")
                    || (cause instanceof NoClassDefFoundError
                        && String.valueOf(cause.getMessage())
                            .matches(
                                "Could not initialize class"
                                    + " (org.nd4j|org.bytedeco|com.sun.jna)\\..*")));
  }

  /** Returns the message of an exception without Java's words on the thread that had it first. */
  static String ofPreload(String message) {
    return message.replaceAll("^Exception [\\w.$]+: (.*) \\[in thread \"[^\"]*\"]$", "$1");
  }

  private static Throwable root(Throwable failure) {
    return chain(failure).reduce(failure, (above, cause) -> cause);
  }

  private static Stream<Throwable> chain(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(100);
  }

  private static String kind(FileSystemException failure) {
    if (failure instanceof NoSuchFileException
        && Files.isSymbolicLink(Path.of(failure.getFile()))) {
      return "a link to a file that is not there";
    }
    return failure
        .getClass()
        .getSimpleName()
        .replace("Exception", "")
        .replaceAll("(?<=[a-z])(?=[A-Z])", " ")
        .toLowerCase(Locale.ROOT);
  }

  /** Returns {@code message} without line breaks. */
  static String oneLine(String message) {
    return message.strip().replaceAll("\\s*\\R\\s*", " ");
  }
}
