package org.resnet4j.support;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForeignTextTest {
  @Test
  void controlCharactersAreEscapedAsInJava() {
    assertThat(ForeignText.printable("a\u001b[2J\u001b]0;x\u0007\u007f\u009b"))
        .isEqualTo("a\\u001b[2J\\u001b]0;x\\u0007\\u007f\\u009b");
    assertThat(ForeignText.printable("x\u202ey\u2066z\u2028\u200f"))
        .isEqualTo("x\\u202ey\\u2066z\\u2028\\u200f");
    assertThat(ForeignText.printable("a\nb\r\nc\td")).isEqualTo("a\\u000ab\\u000d\\u000ac\\u0009d");
    assertThat(ForeignText.printableLines("a\nb\r\nc\rd")).isEqualTo("a\nb\r\nc\\u000dd");
  }

  @Test
  void otherTextIsUnchanged() {
    String text = "été 犬 🐕 C:\\temp\\new \"quoted\" %s $1 ی";
    assertThat(ForeignText.printable(text)).isEqualTo(text);
    assertThat(ForeignText.printableLines(text)).isEqualTo(text);
  }
}
