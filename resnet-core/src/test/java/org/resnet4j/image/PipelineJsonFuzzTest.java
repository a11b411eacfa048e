package org.resnet4j.image;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.stream.Stream;
import org.junit.jupiter.params.provider.MethodSource;
import org.resnet4j.support.Json;
import org.resnet4j.support.JsonException;

class PipelineJsonFuzzTest {
  /** A pipeline that is read is written and read back equal; others are refused in a sentence. */
  @MethodSource("seeds")
  @FuzzTest
  void anyTextIsReadOrRefused(byte[] bytes) {
    try {
      ImagePipeline pipeline = ImagePipeline.ofTree(Json.parse(new String(bytes, UTF_8)));
      assertThat(ImagePipeline.ofTree(Json.parse(Json.document(pipeline.toTree()))))
          .isEqualTo(pipeline);
    } catch (JsonException refusal) {
      assertThat(refusal.getMessage()).isNotBlank().doesNotContainPattern("\\p{Cntrl}");
    }
  }

  static Stream<byte[]> seeds() {
    return PipelineJsonTest.pipelines()
        .map(pipeline -> Json.document(pipeline.toTree()).getBytes(UTF_8));
  }
}
