# partywall:ignore s3-bucket-public legacy site, moves in May
resource "aws_s3_bucket" "a" {
  bucket = "# partywall:ignore not a comment"
  // partywall:ignore s3-bucket-logging the log bucket itself
}

/* partywall:ignore s3-one in a block comment */
/*
  partywall:ignore s3-two across lines
*/
resource "aws_s3_bucket" "b" { bucket = "b" } # partywall:ignore s3-three at the end of a line

# partywall:ignore s3-without-reason
# partywall:ignore
