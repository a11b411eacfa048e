package org.resnet4j.model;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** A fuzz test of model zips whose checksums are right and whose contents are not. */
class ModelFuzzTest {
  @FuzzTest
  void anyMutatedModelIsReadOrRefused(FuzzedDataProvider data) {
    ModelFuzzTarget.read(new ModelMutations(data).zip());
  }
}
