package org.resnet4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The English in the sources of all modules: Javadoc, and messages for users. */
class SourceTextTest {
  /** Words that begin a fragment, or a sentence about something that has no name yet. */
  private static final Set<String> FRAGMENTS =
      Set.of(
          ("Also As Because Before Between By For From Given Half He How If In Into It Left Like"
                  + " None Nothing Of On Only Over Row Rows Seen Some Something Such That Those"
                  + " Times To Under What When Where Whether Which Whose Why With Without")
              .split(" "));

  /** A command, or an option that is none of the JVM's. */
  private static final String ADVICE = "(?s).*(\\./resnet |(?<!\\S)--(?!add-)[a-z]).*";

  /** Visits the trees of source files and collects what is wrong with them. */
  private abstract static class Scanner extends TreePathScanner<Void, DocTrees> {
    private final List<String> wrong = new ArrayList<>();

    final List<String> scan(String modules) throws IOException {
      JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
      try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
        JavacTask task =
            (JavacTask)
                compiler.getTask(
                    null,
                    files,
                    null,
                    List.of("-proc:none"),
                    null,
                    files.getJavaFileObjectsFromPaths(sources(modules)));
        DocTrees trees = DocTrees.instance(task);
        for (CompilationUnitTree file : task.parse()) {
          scan(file, trees);
        }
      }
      return wrong;
    }

    final void add(String text) {
      String file = getCurrentPath().getCompilationUnit().getSourceFile().getName();
      wrong.add(file + ": " + text);
    }
  }

  private static final class FirstSentences extends Scanner {
    @Override
    public Void visitClass(ClassTree tree, DocTrees trees) {
      check(trees);
      return super.visitClass(tree, trees);
    }

    @Override
    public Void visitMethod(MethodTree tree, DocTrees trees) {
      check(trees);
      return super.visitMethod(tree, trees);
    }

    @Override
    public Void visitVariable(VariableTree tree, DocTrees trees) {
      check(trees);
      return super.visitVariable(tree, trees);
    }

    private void check(DocTrees trees) {
      DocCommentTree comment = trees.getDocCommentTree(getCurrentPath());
      if (comment != null) {
        String sentence =
            comment.getFirstSentence().stream().map(Object::toString).collect(Collectors.joining());
        if (FRAGMENTS.contains(sentence.split("[\\s,:]", 2)[0])) {
          add(sentence);
        }
      }
    }
  }

  private static final class Advice extends Scanner {
    @Override
    public Void visitLiteral(LiteralTree tree, DocTrees trees) {
      if (tree.getValue() instanceof String text && text.matches(ADVICE)) {
        add(text);
      }
      return null;
    }
  }

  @Test
  void javadocBeginsWithASentence() throws IOException {
    assertThat(new FirstSentences().scan("resnet-*")).isEmpty();
  }

  @Test
  void messagesOfTheLibraryNameNoCommandAndNoOption() throws IOException {
    String library = "resnet-{support,weight-files,layers,core,onednn,train,zoo}";
    assertThat(new Advice().scan(library)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"; run ./resnet weights", "--batch: expected 1", "try a smaller --batch"})
  void adviceForTheCommandLineIsRecognised(String text) {
    assertThat(text).matches(ADVICE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--add-exports java.base/x=ALL-UNNAMED", "1 -- 2", "a--b"})
  void otherDashesAreNotAdvice(String text) {
    assertThat(text).doesNotMatch(ADVICE);
  }

  private static List<Path> sources(String modules) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> folders = Files.newDirectoryStream(Path.of(".."), modules)) {
      for (Path module : folders) {
        Path main = module.resolve("src/main/java");
        if (Files.isDirectory(main)) {
          try (Stream<Path> tree = Files.walk(main)) {
            tree.filter(file -> file.toString().endsWith(".java")).forEach(files::add);
          }
        }
      }
    }
    assertThat(files).hasSizeGreaterThan(100);
    return files;
  }
}
