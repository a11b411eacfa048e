package org.resnet4j.model;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Model zips whose checksums are right and whose contents are not. */
class ModelFuzzTest {
  @FuzzTest
  void isReadOrRefused(FuzzedDataProvider data) {
    ModelFuzzTarget.read(new ModelMutations(data).zip());
  }
}
